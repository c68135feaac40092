using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks.Workloads;

/// <summary>Fills databases with workloads.</summary>
public static class Databases
{
    /// <summary>
    /// Imports blocks into a fresh database and writes its coins: with this, all is durable. Throws where a block is refused.
    /// </summary>
    public static Chainstate Import(Core.Consensus.ChainParams p, IEnumerable<byte[]> rawBlocks, string path, ChainstateOptions options)
    {
        var chainstate = Chainstate.Create(ChainDatabase.Open(path), p, options, TimeProvider.System);
        var last = BlockImporter.Import(chainstate, rawBlocks.Select(raw => (ReadOnlyMemory<byte>)raw), out var broken);
        if (last?.Outcome != BlockOutcome.Accepted || broken) throw new InvalidOperationException($"A block of the workload was refused: {last?.Violation}");
        chainstate.Flush();
        return chainstate;
    }

    /// <summary>As <see cref="Import"/>, and closes the database.</summary>
    public static void Fill(SpendChain chain, string path) => Import(chain.Params, chain.RawBlocks, path, new ChainstateOptions()).Dispose();
}
