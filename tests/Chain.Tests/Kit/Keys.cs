using System.Buffers.Binary;
using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>Keys that every run has, and signatures with them.</summary>
public static class Keys
{
    /// <summary>Who the blocks of <see cref="ChainBuilder"/> pay.</summary>
    public static PrivateKey Miner { get; } = Of(1);

    public static PrivateKey Alice { get; } = Of(2);

    public static PrivateKey Bob { get; } = Of(3);

    /// <summary>The private key that is this number.</summary>
    public static PrivateKey Of(int number, bool compressed = true)
    {
        var bytes = new byte[Secp256k1.PrivateKeySize];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(^4), number);
        return PrivateKey.TryCreate(bytes, compressed) ?? throw new ArgumentOutOfRangeException(nameof(number));
    }

    /// <summary>The P2PKH script that pays a key.</summary>
    public static byte[] ScriptOf(PrivateKey key) => StandardScripts.PayToPublicKeyHash(key.PublicKey.Hash);

    /// <summary>An output that pays a key by P2PKH.</summary>
    public static TxOut PayTo(PrivateKey key, long satoshis) => new(satoshis, ScriptOf(key));

    /// <summary>The signature of one input, with the hash type behind it.</summary>
    public static byte[] Signature(Transaction transaction, int input, PrivateKey key, ReadOnlyMemory<byte> scriptCode,
        SignatureHashType type = SignatureHashType.All) =>
        [.. key.Sign(SignatureHash.Legacy(transaction, input, scriptCode, type)), (byte)type];

    /// <summary>The transaction with all its inputs unlocked, each of which spends a P2PKH output of this key.</summary>
    public static Transaction Sign(Transaction transaction, PrivateKey key, SignatureHashType type = SignatureHashType.All)
    {
        var signed = transaction.Inputs.ToBuilder();
        for (var i = 0; i < signed.Count; i++)
        {
            var signature = Signature(transaction, i, key, ScriptOf(key), type);
            signed[i] = signed[i].WithScriptSig(StandardScripts.UnlockPublicKeyHash(signature, key.PublicKey));
        }

        return With(transaction, signed.MoveToImmutable());
    }

    /// <summary>A signed transaction that spends one P2PKH output.</summary>
    public static Transaction Spend(OutPoint coin, PrivateKey owner, params TxOut[] outputs) =>
        Sign(new Transaction(Transaction.CurrentVersion, [new TxIn(coin, default)], [.. outputs], lockTime: 0), owner);

    /// <summary>The same transaction with other inputs.</summary>
    public static Transaction With(Transaction transaction, ImmutableArray<TxIn> inputs) =>
        new(transaction.Version, inputs, transaction.Outputs, transaction.LockTime);
}
