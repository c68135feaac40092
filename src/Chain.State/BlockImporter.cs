using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// Brings many blocks into a chain at once: one thread decodes and checks ahead while this one connects, and blocks are
/// committed to disk together. Every rule is checked, and all that was imported is durable when it returns.
/// </summary>
public static class BlockImporter
{
    private const int MaxAhead = 16;

    /// <summary>What is lost at most when the import is killed, and taken in again then.</summary>
    private const long CommitBytes = 8_000_000;

    /// <summary>
    /// Imports encoded blocks, parents before children, until one is refused. Gives the result of the last one; null where
    /// there was none, or where <paramref name="broken"/> is set since it does not decode.
    /// </summary>
    public static ProcessBlockResult? Import(Chainstate chainstate, IEnumerable<ReadOnlyMemory<byte>> rawBlocks, out bool broken)
    {
        using var ahead = new BlockingCollection<CheckedBlock?>(MaxAhead);
        using var stop = new CancellationTokenSource();
        var p = chainstate.Params;
        ExceptionDispatchInfo? failure = null;
        var decoding = new Thread(() => failure = DecodeAhead(rawBlocks, p, ahead, stop.Token)) { IsBackground = true, Name = "decode" };
        decoding.Start();
        ProcessBlockResult? last = null;
        var isBroken = false;
        try
        {
            while (!isBroken && last?.Outcome != BlockOutcome.Rejected && ahead.TryTake(out var first, Timeout.Infinite))
            {
                chainstate.InOneCommitBehind(() =>
                {
                    var bytes = 0L;
                    for (var next = first; ;)
                    {
                        isBroken = next is null;
                        if (isBroken) return;
                        var result = chainstate.ProcessBlock(next!);
                        last = result;
                        bytes += next!.Block.Size;
                        if (result.Outcome == BlockOutcome.Rejected || bytes >= CommitBytes || !ahead.TryTake(out next, Timeout.Infinite)) return;
                    }
                });
            }
        }
        finally
        {
            stop.Cancel();
            decoding.Join();
        }

        // An import runs on a thread of its caller's from its beginning to its end, and the disk is the end of it.
        chainstate.Durable.GetAwaiter().GetResult();
        failure?.Throw();
        broken = isBroken;
        return broken ? null : last;
    }

    /// <summary>Gives what went wrong with the source, for the thread that imports.</summary>
    private static ExceptionDispatchInfo? DecodeAhead(IEnumerable<ReadOnlyMemory<byte>> rawBlocks, ChainParams p, BlockingCollection<CheckedBlock?> ahead, CancellationToken stop)
    {
        try
        {
            foreach (var raw in rawBlocks) ahead.Add(Block.TryDecode(raw) is { } block ? CheckedBlock.Of(block, p) : null, stop);
            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody wants the rest.
            return null;
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }
}
