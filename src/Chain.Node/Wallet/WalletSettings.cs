using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>What a node's configuration says about its wallets, under the names that Core gives it.</summary>
public sealed record WalletSettings
{
    private const string Disable = "disablewallet", Load = "wallet", Fallback = "fallbackfee", LeastFee = "mintxfee", MostFee = "maxtxfee", PaidFee = "paytxfee",
        Discard = "discardfee", Pool = "keypool", Receive = "addresstype", Change = "changetype", Whole = "avoidpartialspends", Unconfirmed = "spendzeroconfchange",
        Replaceable = "walletrbf", Broadcast = "walletbroadcast";

    private const int LargestKeypool = 10_000;

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Disable, Load, Fallback, LeastFee, MostFee, PaidFee, Discard, Pool, Receive, Change, Whole, Unconfirmed, Replaceable, Broadcast];

    /// <summary>Whether there are no wallets at all.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Wallets to load at the start, beside those that are loaded at every start.</summary>
    public IReadOnlyList<string> AtStart { get; init; } = [];

    /// <summary>The fee rate where nothing is known of others' fees, in satoshis per 1,000 vbytes; 0 for none, so that a payment must name its own.</summary>
    public long FallbackFeeRate { get; init; } = 20_000;

    /// <summary>The least fee rate of a payment, in satoshis per 1,000 vbytes, where the node's own for relay is not higher.</summary>
    public long LeastFeeRate { get; init; }

    /// <summary>The most that a payment's fee may be in all, in satoshis.</summary>
    public long MostFeeOfAll { get; init; } = Amount.Coin / 10;

    /// <summary>The fee rate of payments that name none, in satoshis per 1,000 vbytes; 0 for none.</summary>
    public long PaidFeeRate { get; init; }

    /// <summary>The fee rate by which change is too small to be worth an output, in satoshis per 1,000 vbytes.</summary>
    public long DiscardFeeRate { get; init; } = 10_000;

    /// <summary>How many unused keys are watched on each chain.</summary>
    public uint Keypool { get; init; } = KeyBook.UsualGap;

    /// <summary>Whether all coins of an address are spent together.</summary>
    public bool AvoidsPartialSpends { get; init; }

    /// <summary>Whether the wallet's own change may be spent before a block holds it.</summary>
    public bool SpendsUnconfirmedChange { get; init; } = true;

    /// <summary>Whether payments say that they may be replaced, where their sender says nothing (BIP125).</summary>
    public bool IsReplaceable { get; init; } = true;

    /// <summary>Whether payments are handed to the pool; else their owner does that.</summary>
    public bool Broadcasts { get; init; } = true;

    /// <summary>The folder of histories that shall not stay; null where each lies beside its wallet. No configuration names it.</summary>
    internal string? HistoryFolder { get; init; }

    /// <summary>The type of new addresses; null for the chain's usual one.</summary>
    internal AddressType? ReceiveType { get; init; }

    /// <summary>The type of addresses for change; null for one that looks like those that are paid.</summary>
    internal AddressType? ChangeType { get; init; }

    /// <summary>The file of a wallet's history.</summary>
    internal string HistoryPathOf(string walletPath) =>
        (HistoryFolder is null ? walletPath : Path.Combine(HistoryFolder, Path.GetFileName(walletPath))) + WalletLog.Suffix;

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense.</summary>
    public static WalletSettings From(ConfigurationFile configuration)
    {
        var usual = new WalletSettings();
        return new WalletSettings
        {
            IsDisabled = configuration.Flag(Disable, fallback: false),
            AtStart = [.. configuration.All(Load)],
            FallbackFeeRate = configuration.Money(Fallback, usual.FallbackFeeRate),
            LeastFeeRate = configuration.Money(LeastFee, usual.LeastFeeRate),
            MostFeeOfAll = configuration.Money(MostFee, usual.MostFeeOfAll),
            PaidFeeRate = configuration.Money(PaidFee, usual.PaidFeeRate),
            DiscardFeeRate = configuration.Money(Discard, usual.DiscardFeeRate),
            Keypool = (uint)configuration.Number(Pool, usual.Keypool, 1, LargestKeypool),
            ReceiveType = Type(configuration, Receive),
            ChangeType = Type(configuration, Change),
            AvoidsPartialSpends = configuration.Flag(Whole, fallback: false),
            SpendsUnconfirmedChange = configuration.Flag(Unconfirmed, fallback: true),
            IsReplaceable = configuration.Flag(Replaceable, fallback: true),
            Broadcasts = configuration.Flag(Broadcast, fallback: true),
        };
    }

    private static AddressType? Type(ConfigurationFile configuration, string name)
    {
        if (configuration.Find(name) is not { } text) return null;
        return AddressTypes.Find(text) ?? throw configuration.Wrong(name, text, "legacy, p2sh-segwit, bech32 or bech32m");
    }
}
