using Chain.Core.Primitives;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>What a person types for the hash of a block or the id of a transaction: what is none is told with where one finds it.</summary>
internal static class HashText
{
    /// <summary>Where a person finds the ids of transactions.</summary>
    public const string WhereTransactionsAre = "'chain show mempool' lists those that wait, 'chain wallet history' those of the wallet, 'chain printchain' those in blocks.";

    /// <summary>Where a person finds the hashes of blocks.</summary>
    public const string WhereBlocksAre = "'chain show tip' shows the newest, 'chain printchain --tree' lists all.";

    /// <summary>Throws where a text is no id of a transaction.</summary>
    public static void CheckTxId(string text)
    {
        if (!TxId.TryParse(text, out _)) throw CommandException.FromRpc(RpcErrorCode.InvalidParameter, $"'{text}' is no transaction id, which has 64 hexadecimal digits. {WhereTransactionsAre}");
    }

    /// <summary>Throws where a text is neither a height nor the hash of a block.</summary>
    public static void CheckBlock(string text)
    {
        if (!BlockHash.TryParse(text, out _))
            throw CommandException.FromRpc(RpcErrorCode.InvalidParameter, $"'{text}' is neither a block's height nor its hash, which has 64 hexadecimal digits. {WhereBlocksAre}");
    }
}
