using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.Core.Signing;

namespace Chain.Node.Wallet;

/// <summary>Who is paid, and whether the fee is taken from what they get.</summary>
internal sealed record Recipient(ReadOnlyMemory<byte> Script, long Amount, bool SubtractFee);

/// <summary>An input that must be spent; of a foreign one its output and, where given, its weight. What stood in it stays there.</summary>
internal sealed record PresetInput(OutPoint OutPoint, uint? Sequence, TxOut Output, int? Weight, TxIn Given = default);

/// <summary>What a wallet's transaction is to be (Core: CCoinControl).</summary>
internal sealed record SpendRequest
{
    internal required ImmutableArray<Recipient> Recipients { get; init; }

    /// <summary>The fee rate in satoshis per 1,000 vbytes.</summary>
    internal required long FeeRate { get; init; }

    /// <summary>The fee in satoshis, whatever the size, in place of the rate; null for the rate.</summary>
    internal long? FixedFee { get; init; }

    /// <summary>The most that the fee may be, in satoshis; null for what the configuration says.</summary>
    internal long? MostFee { get; init; }

    /// <summary>Why nobody can pay by that fee rate, in Core's words; null where one can.</summary>
    internal string? FeeProblem { get; init; }

    internal ImmutableArray<PresetInput> Inputs { get; init; } = [];

    /// <summary>Public keys and scripts of others whose coins are among the inputs, so that the size is known.</summary>
    internal SigningKeys SolvingData { get; init; } = new();

    /// <summary>Whether coins are chosen beside those that must be spent.</summary>
    internal bool AllowOtherInputs { get; init; } = true;

    internal byte[]? ChangeScript { get; init; }

    internal AddressType? ChangeType { get; init; }

    /// <summary>Where the change is put; null for anywhere.</summary>
    internal int? ChangePosition { get; init; }

    /// <summary>Whether the change's address is used up at once: the transaction is handed out, and nobody knows when it is sent.</summary>
    internal bool ReservesChange { get; init; }

    internal bool IsReplaceable { get; init; } = true;

    internal CoinFilter Filter { get; init; } = new();

    internal int Version { get; init; } = Transaction.CurrentVersion;

    /// <summary>Null for the wallet's own choice, which keeps miners from mining the past once more.</summary>
    internal uint? LockTime { get; init; }
}

/// <summary>A transaction that is not signed yet, with its fee, and where its change stands; null where it has none.</summary>
internal sealed record SpendDraft(Transaction Transaction, long Fee, int? ChangePosition, ImmutableArray<TxOut> Spent);

/// <summary>Why there is no transaction, in Core's words; where coins are missing, how many satoshis are needed with the fee, and how many there are.</summary>
internal sealed class SpendException(string message, (long Needed, long Available)? shortfall = null) : Exception(message)
{
    internal (long Needed, long Available)? Shortfall { get; } = shortfall;
}
