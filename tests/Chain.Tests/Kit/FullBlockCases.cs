using System.Text.Json;

namespace Chain.Tests.Kit;

/// <summary>What one of the published full-block cases asks of a node.</summary>
internal enum FullBlockKind
{
    /// <summary>The block is taken: on the chain, on a branch, or until its parent comes.</summary>
    Accept,

    /// <summary>The block, or one that waited for it, is refused.</summary>
    Reject,

    /// <summary>The bytes are no canonical encoding of a block.</summary>
    RejectNoncanonical,

    /// <summary>The block's parent was refused: it waits or is refused.</summary>
    OrphanOrReject,

    /// <summary>The named block is the tip.</summary>
    Tip,

    /// <summary>Once the named block is taken back, an output is there or not.</summary>
    UtxoAfterDisconnect,
}

/// <summary>
/// A case of <c>btcd_fullblocktests.jsonl.gz</c>: blocks on Bitcoin's regtest, the clock fixed at <c>generated_at</c>.
/// </summary>
internal sealed record FullBlockCase(FullBlockKind Kind, string Name, string? Hash, byte[] Raw)
{
    public const string File = "btcd_fullblocktests.jsonl.gz";

    public const int Count = 205;

    /// <summary>Whether the block becomes the tip.</summary>
    public bool IsOnMainChain { get; private init; }

    public bool IsOrphan { get; private init; }

    /// <summary>Core's reject strings of the rules that the block breaks; any of them will do.</summary>
    public IReadOnlyList<string> Reasons { get; private init; } = [];

    /// <summary>The output that is looked for, <c>txid:index</c>, and whether it is there.</summary>
    public (string OutPoint, bool IsThere) Output { get; private init; }

    /// <summary>All cases in their order, and the time of the clock.</summary>
    public static (IReadOnlyList<FullBlockCase> Cases, long Now) Read()
    {
        var lines = Vectors.ReadLines(File);
        using var head = JsonDocument.Parse(lines[0]);
        return ([.. lines.Skip(1).Select(ReadLine)], head.RootElement.GetProperty("generated_at").GetInt64());
    }

    private static FullBlockCase ReadLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        var item = document.RootElement;
        var name = Text("name")!;
        var kind = Text("kind") switch
        {
            "accept" => FullBlockKind.Accept,
            "reject" => FullBlockKind.Reject,
            "reject_noncanonical" => FullBlockKind.RejectNoncanonical,
            "orphan_or_reject" => FullBlockKind.OrphanOrReject,
            "tip" => FullBlockKind.Tip,
            "utxo_after_disconnect" => FullBlockKind.UtxoAfterDisconnect,
            var other => throw new FormatException($"a case of the kind '{other}'"),
        };
        return new FullBlockCase(kind, name, Text("hash") ?? Text("block"), Convert.FromHexString(Text("raw") ?? ""))
        {
            IsOnMainChain = Flag("main"),
            IsOrphan = Flag("orphan"),
            Reasons = kind == FullBlockKind.Reject ? ReasonsOf(name, Text("code")!) : [],
            Output = kind == FullBlockKind.UtxoAfterDisconnect ? (Text("outpoint")!, Flag("expected")) : default,
        };

        string? Text(string property) => item.TryGetProperty(property, out var value) ? value.GetString() : null;
        bool Flag(string property) => item.TryGetProperty(property, out var value) && value.GetBoolean();
    }

    /// <summary>
    /// What Core says where btcd gives a code. A target of zero is no proof of work there, before it is compared.
    /// </summary>
    private static string[] ReasonsOf(string name, string code) => (name, code) switch
    {
        ("b61dup", _) => ["bad-txns-BIP30", "bad-txns-inputs-missingorspent"],
        ("b49a", _) => ["high-hash"],
        (_, "ErrMissingTxOut") => ["bad-txns-inputs-missingorspent"],
        (_, "ErrBadCoinbaseValue") => ["bad-cb-amount"],
        (_, "ErrTooManySigOps") => ["bad-blk-sigops"],
        (_, "ErrImmatureSpend") => ["bad-txns-premature-spend-of-coinbase"],
        (_, "ErrBlockTooBig") => ["bad-blk-length"],
        (_, "ErrBadCoinbaseScriptLen") => ["bad-cb-length"],
        (_, "ErrFirstTxNotCoinbase") => ["bad-cb-missing"],
        (_, "ErrNoTransactions") => ["bad-blk-length"],
        (_, "ErrHighHash") => ["high-hash"],
        (_, "ErrTimeTooNew") => ["time-too-new"],
        (_, "ErrTimeTooOld") => ["time-too-old"],
        (_, "ErrBadMerkleRoot") => ["bad-txnmrklroot"],
        (_, "ErrUnexpectedDifficulty") => ["bad-diffbits"],
        (_, "ErrMultipleCoinbases") => ["bad-cb-multiple"],
        (_, "ErrDuplicateTx") => ["bad-txns-duplicate"],
        (_, "ErrSpendTooHigh") => ["bad-txns-in-belowout"],
        (_, "ErrBadCoinbaseHeight") => ["bad-cb-height"],
        (_, "ErrUnfinalizedTx") => ["bad-txns-nonfinal"],
        _ => throw new FormatException($"a case with the code '{code}'"),
    };
}
