using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that make blocks.</summary>
internal static class MiningMethods
{
    private const int MostBlocks = 1_000_000;

    public static IEnumerable<RpcMethod> All =>
    [
        new("generatetoaddress", "nblocks address", "mines blocks at once that pay an address", GenerateAsync),
        new("submitblock", "hexdata", "hands over a block; null where it is taken, otherwise the reason", SubmitAsync),
    ];

    private static async Task<JsonNode?> GenerateAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var count = p.Integer(0);
        if (count is < 0 or > MostBlocks) throw new RpcException(RpcErrorCode.InvalidParameter, $"nblocks must be from 0 to {MostBlocks}");
        var payTo = StandardScripts.PayTo(p.Address(1, context.Chain.Params.AddressFormat));
        var hashes = new JsonArray();
        for (ulong extraNonce = 0; hashes.Count < count; extraNonce++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nonce = extraNonce;
            var template = await context.OnStateAsync(chain => chain.Assembler.Create(payTo, nonce)).ConfigureAwait(false);
            if (await BlockSearch.SolveAsync(template, Environment.ProcessorCount, cancellationToken).ConfigureAwait(false) is not { } block) continue;
            var result = await context.Owner.InvokeAsync(() => context.Submit(block)).ConfigureAwait(false);

            // Two that mine to one address at the same time make the same block: the next extra nonce parts them.
            if (result.Outcome == BlockOutcome.Duplicate) continue;
            if (result.Outcome != BlockOutcome.Accepted)
                throw new RpcException(RpcErrorCode.InternalError, $"ProcessNewBlock, block not accepted: {result.Violation}");

            // Where another block came meanwhile, this one lies on a branch: it counts only on the chain.
            if (await context.OnStateAsync(chain => chain.Chainstate.Tree.IsActive(result.Node!)).ConfigureAwait(false)) hashes.Add(block.Hash.ToString());
        }

        return hashes;
    }

    private static async Task<JsonNode?> SubmitAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (p.Hex(0) is not { } bytes || Block.TryDecode(bytes) is not { } block)
            throw new RpcException(RpcErrorCode.Deserialization, "Block decode failed");
        var result = await context.Owner.InvokeAsync(() => context.Submit(block)).ConfigureAwait(false);
        return result.Outcome switch
        {
            BlockOutcome.Accepted => await context.OnStateAsync(chain => chain.Chainstate.Tree.IsActive(result.Node!)).ConfigureAwait(false) ? null : JsonValue.Create("inconclusive"),
            BlockOutcome.Duplicate => JsonValue.Create("duplicate"),
            _ => JsonValue.Create(result.Violation!.RejectReason),
        };
    }
}
