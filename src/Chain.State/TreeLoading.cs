using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>Fills a tree with the headers of a database. Throws <see cref="DatabaseException"/> where they are not what was written.</summary>
internal static class TreeLoading
{
    /// <summary>All headers, with the active chain up to the block at which the coins stand.</summary>
    public static void Load(BlockTree tree, ChainDatabase database, ChainParams p)
    {
        LoadHeaders(tree, database, p);
        LoadTip(tree, database);
    }

    private static void LoadHeaders(BlockTree tree, ChainDatabase database, ChainParams p)
    {
        foreach (var stored in database.ReadHeaders())
        {
            var hash = stored.Header.Hash;
            var parent = tree.Find(stored.Header.PreviousBlockHash);
            if (parent is null && hash != p.Genesis.Hash) throw database.Damaged($"the parent of block {hash} is missing");
            if (tree.Find(hash) is not null || !ProofOfWork.IsMet(stored.Header, p)) throw database.Damaged($"no header has the hash {hash}");
            tree.Load(stored, parent);
        }
    }

    private static void LoadTip(BlockTree tree, ChainDatabase database)
    {
        if (database.FindFact(ChainDatabase.CoinsFact) is not { } fact) return;
        if (fact.Length != Hash256.Size) throw database.Damaged("the coins stand at no block");
        var hash = new BlockHash(new Hash256(fact));
        var node = tree.Find(hash) ?? throw database.Damaged($"the coins stand at block {hash}, which is missing");
        var path = new Stack<BlockNode>();
        for (BlockNode? n = node; n is not null; n = n.Parent) path.Push(n);
        foreach (var n in path) tree.Connect(n);

        // Of branches of equal work the one on which the node stood is gone on with, whichever block came first.
        tree.Prefer(node);
    }
}
