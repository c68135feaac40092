using System.Globalization;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node;

/// <summary>What the configuration says about the pool and about the blocks of this node, under Core's names and in Core's units.</summary>
public static class PoolConfiguration
{
    private const long MostThousands = int.MaxValue / 1_000;

    private static readonly Dictionary<string, Func<MempoolPolicy, Entry, MempoolPolicy>> Changes = new()
    {
        ["minrelaytxfee"] = (policy, entry) => policy with { MinRelayFeeRate = entry.Rate() },
        ["incrementalrelayfee"] = (policy, entry) => policy with { IncrementalRelayFeeRate = entry.Rate() },
        ["dustrelayfee"] = (policy, entry) => policy with { DustRelayFeeRate = entry.Rate() },
        ["blockmintxfee"] = (policy, entry) => policy with { MinBlockFeeRate = entry.Rate() },
        ["blockmaxweight"] = (policy, entry) => policy with { MaxBlockWeight = (int)entry.Number(int.MaxValue) },
        ["maxmempool"] = (policy, entry) => policy with { MaxBytes = entry.Number(MostThousands) * 1_000_000 },
        ["mempoolexpiry"] = (policy, entry) => policy with { ExpirySeconds = entry.Number(MostThousands) * 3_600 },
        ["persistmempool"] = (policy, entry) => policy with { IsPersistent = entry.Flag() },
        ["limitancestorcount"] = (policy, entry) => policy with { MaxAncestors = (int)entry.Number(int.MaxValue) },
        ["limitancestorsize"] = (policy, entry) => policy with { MaxAncestorSize = entry.Number(MostThousands) * 1_000 },
        ["limitdescendantcount"] = (policy, entry) => policy with { MaxDescendants = (int)entry.Number(int.MaxValue) },
        ["limitdescendantsize"] = (policy, entry) => policy with { MaxDescendantSize = entry.Number(MostThousands) * 1_000 },
        ["datacarrier"] = (policy, entry) => policy with { AcceptDataCarriers = entry.Flag() },
        ["datacarriersize"] = (policy, entry) => policy with { MaxDataCarrierSize = (int)entry.Number(int.MaxValue) },
        ["permitbaremultisig"] = (policy, entry) => policy with { PermitBareMultiSig = entry.Flag() },
        ["bytespersigop"] = (policy, entry) => policy with { BytesPerSigOp = (int)entry.Number(int.MaxValue) },
        ["mempoolfullrbf"] = (policy, entry) => policy with { ReplaceWithoutSignal = entry.Flag() },
        ["mempoolreplacement"] = (policy, entry) => policy with { AllowReplacement = entry.Value != "0" },
        ["acceptnonstdtxn"] = (policy, entry) => policy with { RequireStandard = !entry.Flag() },
    };

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Changes.Keys];

    /// <summary>
    /// The policy with what the configuration changes of it: rates are coins per 1,000 vbytes, sizes of chains are thousands of
    /// vbytes, the pool's is millions of bytes, the expiry is hours. Throws <see cref="CommandException"/> where a value is of
    /// another form.
    /// </summary>
    public static MempoolPolicy Apply(MempoolPolicy policy, ConfigurationFile configuration)
    {
        foreach (var (name, change) in Changes)
        {
            if (configuration.Find(name) is { } value) policy = change(policy, new Entry(configuration.Path, name, value));
        }

        // As in Core: who wants more for relaying a replacement wants at least that for relaying anything.
        return configuration.Find("incrementalrelayfee") is not null && configuration.Find("minrelaytxfee") is null
            ? policy with { MinRelayFeeRate = Math.Max(policy.MinRelayFeeRate, policy.IncrementalRelayFeeRate) }
            : policy;
    }

    private sealed record Entry(string Path, string Name, string Value)
    {
        public long Rate() => Amount.TryParse(Value, out var rate) ? rate.Satoshis : throw Wrong("an amount of coins for 1,000 vbytes");

        public long Number(long most) =>
            long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw Wrong($"a number from 0 to {most}");

        public bool Flag() => Value switch
        {
            "1" or "" => true,
            "0" => false,
            _ => throw Wrong("0 or 1"),
        };

        private CommandException Wrong(string form) => new($"{Path}: {Name}={Value} is not {form}.");
    }
}
