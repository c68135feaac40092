using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Mining;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>A reorganisation on purpose, which Core has not.</summary>
internal static class ReorgMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("reorg", "depth:number payments?:string", "replaces the highest blocks by a branch with more work", ReorgAsync)
        {
            Details = "depth: how many blocks are replaced; one more is mined on the block below them.\npayments: what becomes of the payments in them: return (the default), they wait again; keep, the new blocks hold them; drop, they vanish here."
                + "\nThe answer tells which blocks left and came, and which payments were kept, returned and lost.",
        },
    ];

    private static async Task<JsonNode?> ReorgAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var depth = p.Integer(0);
        var payments = p.Has(1) ? ParsePayments(p.Text(1)) : ReplacedPayments.Return;
        var (reorganisation, bits) = await context.OnStateAsync(chain => (Begin(chain, depth, payments), NextBits(chain))).ConfigureAwait(false);
        var expected = await Task.Run(() => MiningTime.Estimate(bits, depth + 1, Environment.ProcessorCount), CancellationToken.None).ConfigureAwait(false);
        if (expected > MiningTime.Longest)
            throw new RpcException(RpcErrorCode.Misc, $"{depth + 1} blocks would take {MiningTime.Words(expected)} to mine here at this chain's difficulty. A chain with an easier powLimit can be reorganised.");

        // Blocks that hold the same and pay the same must differ from those that they replace.
        var extraNonce = GenerateMethods.FirstExtraNonce();
        while (!reorganisation.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nonce = extraNonce++;
            var template = await context.OnStateAsync(_ => reorganisation.Create(nonce)).ConfigureAwait(false);
            if (await BlockSearch.SolveAsync(template, Environment.ProcessorCount, cancellationToken).ConfigureAwait(false) is not { } block) continue;
            var result = await context.Owner.InvokeAsync(() => reorganisation.Submit(block, context.Submit)).ConfigureAwait(false);
            if (result.Outcome is not (BlockOutcome.Accepted or BlockOutcome.Duplicate))
                throw new RpcException(RpcErrorCode.InternalError, $"A block of the branch was not accepted: {result.Violation}");
        }

        return Describe(reorganisation);
    }

    private static Reorganisation Begin(LoadedChain chain, int depth, ReplacedPayments payments)
    {
        if (depth is < 1 or > Reorganisation.MostBlocks)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"A reorganisation replaces from 1 to {Reorganisation.MostBlocks} blocks, not {depth}: other nodes take no branch that begins deeper.");
        var height = chain.Chainstate.Tip.Height;
        return depth <= height
            ? new Reorganisation(chain, depth, payments)
            : throw new RpcException(RpcErrorCode.InvalidParameter, $"The chain's height is {height}: {depth} blocks cannot be replaced, since the genesis block stays. Name a smaller number, or mine first with 'chain mine'.");
    }

    private static uint NextBits(LoadedChain chain) => ProofOfWork.RequiredBits(chain.Chainstate.Tip, chain.Assembler.NextTime, chain.Params);

    private static ReplacedPayments ParsePayments(string text) => text switch
    {
        "return" => ReplacedPayments.Return,
        "keep" => ReplacedPayments.Keep,
        "drop" => ReplacedPayments.Drop,
        _ => throw new RpcException(RpcErrorCode.InvalidParameter, $"payments is 'return', 'keep' or 'drop', not '{text}'"),
    };

    private static JsonObject Describe(Reorganisation reorganisation) => new()
    {
        ["fork"] = new JsonObject { ["height"] = reorganisation.Fork.Height, ["hash"] = reorganisation.Fork.Hash.ToString() },
        ["left"] = Blocks(reorganisation.Left),
        ["came"] = Blocks(reorganisation.Came),
        ["kept"] = Ids(reorganisation.Kept),
        ["returned"] = Ids(reorganisation.Returned),
        ["lost"] = Ids(reorganisation.Lost),
        ["height"] = reorganisation.Came[^1].Node.Height,
    };

    private static JsonArray Blocks(IReadOnlyList<(BlockNode Node, Block Block)> blocks) => new([.. blocks.Select(pair => new JsonObject
    {
        ["height"] = pair.Node.Height,
        ["hash"] = pair.Node.Hash.ToString(),
        ["transactions"] = pair.Block.Transactions.Length,
    })]);

    private static JsonArray Ids(IReadOnlyList<TxId> ids) => new([.. ids.Select(id => JsonValue.Create(id.ToString()))]);
}
