using BenchmarkDotNet.Attributes;
using Chain.Benchmarks.Workloads;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Benchmarks.Micro;

/// <summary>The parts of an import that cost: decoding, hashing, the Merkle tree, one signature.</summary>
[MemoryDiagnoser]
public class BlockBenchmarks
{
    private byte[] _raw = [];
    private Block? _block;
    private SignatureSample? _signature;

    [GlobalSetup]
    public void Setup()
    {
        var chain = SpendChain.Create(blocks: 1, spendsPerBlock: 500);
        _raw = chain.RawBlocks[^1];
        _block = Block.TryDecode(_raw);
        _signature = chain.Signatures[0];
    }

    [Benchmark]
    public Block? DecodeBlockOf500() => Block.TryDecode(_raw);

    [Benchmark]
    public Hash256 MerkleRootOf500() => _block!.ComputeMerkleRoot(out _);

    [Benchmark]
    public bool VerifySignature() => Secp256k1.Verify(_signature!.PublicKey, _signature.Signature, _signature.MessageHash);
}
