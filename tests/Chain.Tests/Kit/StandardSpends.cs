using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>The standard forms of one key's outputs, and the signatures that unlock them.</summary>
public static class StandardSpends
{
    /// <summary>P2PKH.</summary>
    public static byte[] KeyHash(PrivateKey key) => Keys.ScriptOf(key);

    /// <summary>P2WPKH.</summary>
    public static byte[] WitnessKeyHash(PrivateKey key) => StandardScripts.PayToWitnessPublicKeyHash(key.PublicKey.Hash);

    /// <summary>P2TR without scripts.</summary>
    public static byte[] TaprootKey(PrivateKey key) => StandardScripts.PayToTaproot(Taproot.FindOutputKey(key.PublicKey.XOnly, root: null, out _)!);

    /// <summary>One signature of two keys, bare.</summary>
    public static byte[] BareMultiSig(PrivateKey key) => MultiSig.Script(1, [key.PublicKey, Keys.Bob.PublicKey]);

    /// <summary>One signature of two keys, by P2WSH.</summary>
    public static byte[] WitnessMultiSig(PrivateKey key) => StandardScripts.PayToWitnessScriptHash(BareMultiSig(key));

    /// <summary>One signature of two keys, by P2SH.</summary>
    public static byte[] ScriptHashMultiSig(PrivateKey key) => StandardScripts.PayToScriptHash(Hash160.Of(BareMultiSig(key)));

    /// <summary>The transaction with all its inputs unlocked, each of which spends an output of this key in one of these forms.</summary>
    public static Transaction Sign(Transaction unsigned, ImmutableArray<TxOut> spent, PrivateKey key)
    {
        var data = new PrecomputedTransactionData(unsigned, spent);
        return Keys.With(unsigned, [.. unsigned.Inputs.Select((input, i) => Unlock(data, input, i, key))]);
    }

    private static TxIn Unlock(PrecomputedTransactionData data, TxIn input, int index, PrivateKey key)
    {
        var script = data.SpentOutputs[index].ScriptPubKey;
        var multiSig = BareMultiSig(key);
        return ScriptTemplates.Recognize(script) switch
        {
            ScriptTemplate.PublicKeyHash => input.WithScriptSig(StandardScripts.UnlockPublicKeyHash(Keys.Signature(data.Transaction, index, key, script), key.PublicKey)),
            ScriptTemplate.MultiSig => input.WithScriptSig((byte[])[(byte)Opcode.Op0, .. ScriptEditing.Push(Keys.Signature(data.Transaction, index, key, script))]),
            ScriptTemplate.ScriptHash => input.WithScriptSig((byte[])
                [(byte)Opcode.Op0, .. ScriptEditing.Push(Keys.Signature(data.Transaction, index, key, multiSig)), .. ScriptEditing.Push(multiSig)]),
            ScriptTemplate.WitnessV0KeyHash => input.WithWitness([WitnessSignature(data, index, key, Keys.ScriptOf(key)), key.PublicKey.Bytes.ToArray()]),
            ScriptTemplate.WitnessV0ScriptHash => input.WithWitness([Array.Empty<byte>(), WitnessSignature(data, index, key, multiSig), multiSig]),
            ScriptTemplate.WitnessV1Taproot => input.WithWitness([TaprootSignature(data, index, key)]),
            var other => throw new ArgumentException($"A key does not unlock {other}.", nameof(data)),
        };
    }

    private static byte[] WitnessSignature(PrecomputedTransactionData data, int index, PrivateKey key, byte[] scriptCode) =>
        [.. key.Sign(WitnessSignatureHash.Compute(data, index, scriptCode, SignatureHashType.All)), (byte)SignatureHashType.All];

    private static byte[] TaprootSignature(PrecomputedTransactionData data, int index, PrivateKey key)
    {
        Assert.True(TaprootSignatureHash.TryCompute(data, index, SignatureHashType.None, new ScriptExecutionData(), out var hash));
        return Taproot.OutputKey(key, root: null).SignSchnorr(hash, new byte[32]);
    }
}
