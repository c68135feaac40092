using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;
using Chain.State;

namespace Chain.Benchmarks;

/// <summary>One signature as the interpreter hands it to libsecp256k1.</summary>
public sealed record SignatureSample(byte[] PublicKey, byte[] Signature, byte[] MessageHash);

/// <summary>
/// A chain made for measuring: after a block that splits the first coin, blocks of P2PKH payments with one input and two
/// outputs, each spending a coin of an earlier block. The same seed gives the same bytes.
/// </summary>
public sealed class SpendChain
{
    private const int KeyCount = 2_000;

    private readonly PrivateKey[] _keys;
    private readonly byte[][] _scripts;
    private readonly Queue<(OutPoint OutPoint, int Key, long Value)> _coins = new();

    private SpendChain(int blocks, int spendsPerBlock)
    {
        _keys = [.. Enumerable.Range(0, KeyCount).Select(CreateKey)];
        _scripts = [.. _keys.Select(key => StandardScripts.PayToPublicKeyHash(key.PublicKey.Hash))];
        Params = CreateParams();
        var parent = Params.Genesis;
        var raw = new List<byte[]>();
        var signatures = new List<SignatureSample>(blocks * spendsPerBlock);
        parent = Add(raw, parent, 1, [Split(Params.Genesis.Transactions[0], spendsPerBlock)]);
        for (var i = 0; i < blocks; i++)
        {
            var spends = Enumerable.Range(0, spendsPerBlock).Select(_ => Spend(signatures)).ToImmutableArray();
            parent = Add(raw, parent, i + 2, spends);
        }

        RawBlocks = raw;
        Signatures = signatures;
    }

    /// <summary>The rules: a private chain on the easiest target.</summary>
    public ChainParams Params { get; }

    /// <summary>The encodings of all blocks above genesis.</summary>
    public IReadOnlyList<byte[]> RawBlocks { get; }

    /// <summary>The signatures of all spends, in the order of the chain, the splitting one left out.</summary>
    public IReadOnlyList<SignatureSample> Signatures { get; }

    /// <summary>Makes a chain.</summary>
    public static SpendChain Create(int blocks, int spendsPerBlock) => new(blocks, spendsPerBlock);

    private static PrivateKey CreateKey(int index)
    {
        Span<byte> seed = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(seed, index);
        return PrivateKey.TryCreate(SHA256.HashData(seed))!;
    }

    private ChainParams CreateParams()
    {
        var easy = Target.FromCompact(0x207fffff);
        var genesis = Profiles.GenesisBlock(new byte[] { 1, 0 }, new TxOut(1_000_000 * Amount.Coin, _scripts[0]), 1_700_000_000, easy.Bits, 0);
        var p = Profiles.PrivateChain(genesis) with { PowLimit = easy };
        var solved = Solve(genesis, p);
        return p with { Genesis = solved, Magic = ChainParams.DeriveMagic(solved.Hash) };
    }

    private Transaction Split(Transaction coinbase, int parts)
    {
        var value = coinbase.Outputs[0].Value / parts;
        var outputs = Enumerable.Range(0, parts).Select(i => new TxOut(value, _scripts[i % KeyCount])).ToImmutableArray();
        var split = Sign(new OutPoint(coinbase.Id, 0), 0, outputs, null);
        for (var i = 0; i < parts; i++) _coins.Enqueue((new OutPoint(split.Id, (uint)i), i % KeyCount, value));
        return split;
    }

    private Transaction Spend(List<SignatureSample> signatures)
    {
        var (outPoint, key, value) = _coins.Dequeue();
        var next = (key + 1) % KeyCount;
        ImmutableArray<TxOut> outputs = [new TxOut(value - 1_000, _scripts[next]), new TxOut(1_000, _scripts[(key + 7) % KeyCount])];
        var transaction = Sign(outPoint, key, outputs, signatures);
        _coins.Enqueue((new OutPoint(transaction.Id, 0), next, value - 1_000));
        return transaction;
    }

    private Transaction Sign(OutPoint outPoint, int key, ImmutableArray<TxOut> outputs, List<SignatureSample>? signatures)
    {
        var unsigned = new Transaction(Transaction.CurrentVersion, [new TxIn(outPoint, default)], outputs, lockTime: 0);
        var hash = SignatureHash.Legacy(unsigned, 0, _scripts[key], SignatureHashType.All);
        var signature = _keys[key].Sign(hash);
        var publicKey = _keys[key].PublicKey;
        signatures?.Add(new SignatureSample(publicKey.Bytes.ToArray(), signature, hash.ToByteArray()));
        var scriptSig = StandardScripts.UnlockPublicKeyHash([.. signature, (byte)SignatureHashType.All], publicKey);
        return new Transaction(Transaction.CurrentVersion, [new TxIn(outPoint, scriptSig)], outputs, lockTime: 0);
    }

    private Block Add(List<byte[]> raw, Block parent, int height, ImmutableArray<Transaction> payments)
    {
        var coinbase = BlockAssembler.CreateCoinbase(height, 0, Subsidy.At(height, Params), _scripts[0]);
        ImmutableArray<Transaction> transactions = [coinbase, .. payments];
        var header = new BlockHeader(BlockAssembler.BlockVersion, parent.Hash, Block.ComputeMerkleRoot(transactions, out _),
            parent.Header.Time + 10, parent.Header.Bits, 0);
        var block = Solve(new Block(header, transactions), Params);
        raw.Add(block.Raw.ToArray());
        return block;
    }

    private static Block Solve(Block block, ChainParams p)
    {
        for (uint nonce = 0; ; nonce++)
        {
            var attempt = BlockSearch.WithNonce(block, nonce);
            if (ProofOfWork.IsMet(attempt.Header, p)) return attempt;
        }
    }
}
