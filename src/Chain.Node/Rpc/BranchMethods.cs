using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>Methods about the branches of the tree, and which of them is the chain.</summary>
internal static class BranchMethods
{
    private const int DefaultLevel = 3;
    private const int DefaultBlocks = 6;

    public static IEnumerable<RpcMethod> All =>
    [
        new("getchaintips", "", "lists the ends of all known branches", (c, _, _) => ChainMethods.Read(c, GetChainTips))
        {
            Details = "status: active; valid-fork, which was the chain once; valid-headers, whose blocks were never connected; headers-only, whose blocks are not here; invalid.",
        },
        new("verifychain", "checklevel?:number nblocks?:number", "checks the highest blocks again; false where one is damaged", (c, p, _) => ChainMethods.Read(c, chain => Verify(chain, p)))
        {
            Details = "checklevel: 0 reads them, 1 checks each alone, 2 reads their undo data, 3 (the default) takes them back in memory, 4 connects them again.\nnblocks: how many; 6 without it, 0 for all.",
        },
        new("invalidateblock", "blockhash:hex", "treats a block as if it broke a rule, for good", (c, p, _) => Change(c, p, (chainstate, node) => chainstate.Invalidate(node))),
        new("reconsiderblock", "blockhash:hex", "forgets that a block, those below and those above it were invalid", (c, p, _) => Change(c, p, (chainstate, node) => chainstate.Reconsider(node))),
        new("preciousblock", "blockhash:hex", "treats a block as if it had come before all others of equal work", (c, p, _) => Change(c, p, (chainstate, node) => chainstate.Prefer(node))),
    ];

    private static JsonArray GetChainTips(LoadedChain chain)
    {
        var tree = chain.Chainstate.Tree;
        var beside = tree.Nodes.Where(node => !tree.IsActive(node)).ToList();
        var parents = beside.Select(node => node.Parent).ToHashSet();
        parents.UnionWith(chain.Headers.Tips.Select(header => header.BlockBelow));
        var tips = beside.Where(node => !parents.Contains(node)).Append(chain.Chainstate.Tip).OrderBy(node => node.Sequence)
            .Select(node => Tip(node.Hash, node.Height, tree.FindFork(node)!.Height, Status(tree, node)))
            .Concat(chain.Headers.Tips.Select(header => Tip(header.Header.Hash, header.Height, tree.FindFork(header.BlockBelow)!.Height, "headers-only")));
        return new JsonArray([.. tips.OrderByDescending(tip => tip["height"]!.GetValue<int>())]);
    }

    private static JsonObject Tip(BlockHash hash, int height, int fork, string status) => new()
    {
        ["height"] = height,
        ["hash"] = hash.ToString(),
        ["branchlen"] = height - fork,
        ["status"] = status,
    };

    private static string Status(BlockTree tree, BlockNode node) =>
        tree.IsActive(node) ? "active"
        : node.IsFailed ? "invalid"
        : (node.Status & BlockStatus.Validated) != 0 ? "valid-fork"
        : "valid-headers";

    private static JsonValue Verify(LoadedChain chain, RpcParams p)
    {
        var (level, blocks) = (p.Integer(0, DefaultLevel), p.Integer(1, DefaultBlocks));
        return JsonValue.Create(ChainVerifier.Verify(chain.Chainstate, Math.Clamp(level, 0, ChainVerifier.MaxLevel), blocks));
    }

    private static Task<JsonNode?> Change(RpcContext context, RpcParams p, Action<Chainstate, BlockNode> change) => ChainMethods.Read(context, chain =>
    {
        change(chain.Chainstate, ChainMethods.GetNode(chain, p.BlockHash(0)));
        return null;
    });
}
