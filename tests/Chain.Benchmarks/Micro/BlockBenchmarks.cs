using BenchmarkDotNet.Attributes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Benchmarks.Micro;

/// <summary>The parts of an import that cost: decoding, hashing, the Merkle tree, one script, one signature.</summary>
[MemoryDiagnoser]
public class BlockBenchmarks
{
    private byte[] _raw = [];
    private Block? _block;
    private SignatureSample? _signature;
    private PrecomputedTransactionData? _data;
    private byte[] _transaction = [];

    /// <summary>A block of 500 payments, and the first of them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var chain = SpendChain.Create(blocks: 1, spendsPerBlock: 500);
        _raw = chain.RawBlocks[^1];
        _block = chain.Tip;
        _signature = chain.Signatures[0];
        var payment = _block.Transactions[1];
        var parent = Block.TryDecode(chain.RawBlocks[0])!.Transactions[1];
        _data = new PrecomputedTransactionData(payment, [parent.Outputs[(int)payment.Inputs[0].PreviousOutput.Index]]);
        _transaction = payment.Raw.ToArray();
        if (VerifyPayToPublicKeyHash() != ScriptError.Ok) throw new InvalidOperationException("The payment does not verify.");
    }

    [Benchmark]
    public Block? DecodeBlockOf500() => Block.TryDecode(_raw);

    [Benchmark]
    public Hash256 HashTransaction() => Sha256d.Hash(_transaction);

    [Benchmark]
    public Hash256 MerkleRootOf500() => _block!.ComputeMerkleRoot(out _);

    [Benchmark]
    public ScriptError VerifyPayToPublicKeyHash() => ScriptInterpreter.Verify(_data!.Transaction.Inputs[0].ScriptSig,
        _data.SpentOutputs[0].ScriptPubKey, ScriptFlags.Standard, new SignatureChecker(_data, 0));

    [Benchmark]
    public bool VerifySignature() => Secp256k1.Verify(_signature!.PublicKey, _signature.Signature, _signature.MessageHash);
}
