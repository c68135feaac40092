using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Mining;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that mine blocks at once (Core: the hidden ones of rpc/mining.cpp).</summary>
internal static class GenerateMethods
{
    private const ulong NonceCount = 1UL << 32;

    private const string Replaced = "generate\n\nhas been replaced by the -generate cli option. Refer to -help for more information.\n";

    public static IEnumerable<RpcMethod> All =>
    [
        new("generate", "", "has been replaced", (_, _, _) => throw new RpcException(RpcErrorCode.MethodNotFound, Replaced)) { HelpText = Replaced },
        new("generatetoaddress", "nblocks:number address:string maxtries?:number", "mines blocks at once that pay an address", GenerateToAddressAsync),
        new("generatetodescriptor", "num_blocks:number descriptor:string maxtries?:number", "mines blocks at once that pay the script of a descriptor", GenerateToDescriptorAsync),
        new("generateblock", "output:string transactions:array submit?:bool", "mines a block of just these transactions, named by id or given in hexadecimal", GenerateBlockAsync),
    ];

    private static Task<JsonNode?> GenerateToAddressAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (count, tries) = (p.Integer(0), Tries(p));
        var script = OutputScripts.FindOfAddress(p.Text(1), context.Chain.Params)
            ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Error: Invalid address");
        return GenerateAsync(context, count, script, tries, cancellationToken);
    }

    private static Task<JsonNode?> GenerateToDescriptorAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (count, tries) = (p.Integer(0), Tries(p));
        var script = OutputScripts.OfDescriptor(p.Text(1), context.Chain.Params);
        return GenerateAsync(context, count, script, tries, cancellationToken);
    }

    /// <summary>How many nonces may be tried for all blocks together; null for as many as are needed. Core's million suits regtest alone.</summary>
    private static ulong? Tries(RpcParams p) => p.Has(2) ? (ulong)p.Between(2, 0, long.MaxValue) : null;

    private static async Task<JsonNode?> GenerateAsync(RpcContext context, int count, byte[] payTo, ulong? tries, CancellationToken cancellationToken)
    {
        var hashes = new JsonArray();
        for (var extraNonce = FirstExtraNonce(); hashes.Count < count; extraNonce++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nonce = extraNonce;
            var template = await context.OnStateAsync(chain => chain.Assembler.Create(payTo, nonce)).ConfigureAwait(false);
            Block? block;
            (block, tries) = await SolveAsync(template, tries, cancellationToken).ConfigureAwait(false);
            if (block is null && tries == 0) break;
            if (block is null) continue;
            var result = await context.Owner.InvokeAsync(() => context.Submit(block)).ConfigureAwait(false);

            // Two that mine to one address at the same time make the same block: the next extra nonce parts them.
            if (result.Outcome == BlockOutcome.Duplicate) continue;
            if (result.Outcome != BlockOutcome.Accepted) throw NotAccepted(result);

            // Where another block came meanwhile, this one lies on a branch: it counts only on the chain.
            if (await context.OnStateAsync(chain => chain.Chainstate.Tree.IsActive(result.Node!)).ConfigureAwait(false)) hashes.Add((JsonNode)block.Hash.ToString());
        }

        return hashes;
    }

    /// <summary>Searches, on one thread and in order where the number of tries is given; gives what is left of it.</summary>
    private static async Task<(Block? Block, ulong? TriesLeft)> SolveAsync(Block template, ulong? tries, CancellationToken cancellationToken)
    {
        if (tries is not { } left)
            return (await BlockSearch.SolveAsync(template, Environment.ProcessorCount, cancellationToken).ConfigureAwait(false), null);
        var count = Math.Min(left, NonceCount);
        var found = await Task.Run(
            () => NonceSearch.Find(template.Header.ToByteArray(), Target.FromCompact(template.Header.Bits), 0, count, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        return found is { } nonce ? (BlockSearch.WithNonce(template, nonce), left - nonce) : (null, left - count);
    }

    private static async Task<JsonNode?> GenerateBlockAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var script = OutputScripts.OfDescriptorOrAddress(p.Text(0), context.Chain.Params);
        var wanted = p.List(1);
        var submit = p.Flag(2, fallback: true);
        for (var extraNonce = FirstExtraNonce(); ; extraNonce++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nonce = extraNonce;
            var template = await context.OnStateAsync(chain => Draw(chain, script, nonce, [.. wanted.Select(item => FindTransaction(chain, item))])).ConfigureAwait(false);
            if (await BlockSearch.SolveAsync(template, Environment.ProcessorCount, cancellationToken).ConfigureAwait(false) is not { } block) continue;
            if (!submit) return new JsonObject { ["hash"] = block.Hash.ToString(), ["hex"] = Convert.ToHexStringLower(block.Raw.Span) };
            var result = await context.Owner.InvokeAsync(() => context.Submit(block)).ConfigureAwait(false);
            return result.Outcome is BlockOutcome.Accepted or BlockOutcome.Duplicate ? new JsonObject { ["hash"] = block.Hash.ToString() } : throw NotAccepted(result);
        }
    }

    /// <summary>
    /// Where the extra nonces of one call begin: by chance, so that a block made in the same second as one that was invalidated is not
    /// that block again.
    /// </summary>
    internal static ulong FirstExtraNonce() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 1;

    private static Block Draw(LoadedChain chain, byte[] payTo, ulong extraNonce, ImmutableArray<Transaction> transactions)
    {
        // As in Core the coinbase leaves the fees.
        var block = chain.Assembler.Create(payTo, extraNonce, transactions, fees: 0);
        return BlockProposal.Test(chain.Chainstate, block) is { } violation
            ? throw new RpcException(RpcErrorCode.VerifyError, $"TestBlockValidity failed: {violation}")
            : block;
    }

    private static Transaction FindTransaction(LoadedChain chain, JsonNode? item)
    {
        var text = RpcValues.TextOf(item);
        if (TxId.TryParse(text, out var id))
            return chain.Mempool.FindEntry(id)?.Transaction ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Transaction {text} not in mempool.");
        return (RpcValues.HexOf(text) is { } raw ? Transaction.TryDecode(raw) : null)
            ?? throw new RpcException(RpcErrorCode.Deserialization, $"Transaction decode failed for {text}. Make sure the tx has at least one input.");
    }

    private static RpcException NotAccepted(ProcessBlockResult result) =>
        new(RpcErrorCode.InternalError, $"ProcessNewBlock, block not accepted: {result.Violation}");
}
