using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Mining;
using Chain.State;

namespace Chain.Benchmarks.Workloads;

/// <summary>Makes valid blocks outside any node: coinbase, Merkle root, proof of work.</summary>
public static class BlockDraft
{
    private const uint Spacing = 10;

    /// <summary>A block on a parent that holds these payments and pays a script.</summary>
    public static Block Create(Block parent, int height, ReadOnlyMemory<byte> payTo, ImmutableArray<Transaction> payments, ChainParams p)
    {
        ImmutableArray<Transaction> transactions = [BlockAssembler.CreateCoinbase(height, 0, Subsidy.At(height, p), payTo), .. payments];
        var header = new BlockHeader(BlockAssembler.BlockVersion, parent.Hash, Block.ComputeMerkleRoot(transactions, out _),
            parent.Header.Time + Spacing, parent.Header.Bits, nonce: 0);
        return Solve(new Block(header, transactions));
    }

    /// <summary>The rules of a private chain with a target of one's own, whose first coin pays a script.</summary>
    public static ChainParams CreateParams(ReadOnlyMemory<byte> payTo, uint bits)
    {
        var target = Target.FromCompact(bits);
        var genesis = Solve(Profiles.GenesisBlock(new byte[] { 1, 0 }, new TxOut(1_000_000 * Amount.Coin, payTo), 1_700_000_000, bits, nonce: 0));
        return Profiles.PrivateChain(genesis) with { PowLimit = target };
    }

    private static Block Solve(Block block)
    {
        var nonce = NonceSearch.Find(block.Header.ToByteArray(), Target.FromCompact(block.Header.Bits), 0, 1UL << 32, CancellationToken.None);
        return BlockSearch.WithNonce(block, nonce ?? throw new InvalidOperationException("No nonce solves a block of the workload."));
    }
}
