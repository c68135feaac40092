using Chain.State;

namespace Chain.Node;

/// <summary>What the configuration says about the pool and about the blocks of this node, under Core's names and in Core's units.</summary>
public static class PoolConfiguration
{
    private const long MostThousands = int.MaxValue / 1_000;

    private delegate MempoolPolicy Change(MempoolPolicy policy, Value value);

    private static readonly Dictionary<string, Change> Changes = new()
    {
        ["minrelaytxfee"] = (policy, value) => policy with { MinRelayFeeRate = value.Rate() },
        ["incrementalrelayfee"] = (policy, value) => policy with { IncrementalRelayFeeRate = value.Rate() },
        ["dustrelayfee"] = (policy, value) => policy with { DustRelayFeeRate = value.Rate() },
        ["blockmintxfee"] = (policy, value) => policy with { MinBlockFeeRate = value.Rate() },
        ["blockmaxweight"] = (policy, value) => policy with { MaxBlockWeight = (int)value.Number(int.MaxValue) },
        ["maxmempool"] = (policy, value) => policy with { MaxBytes = value.Number(MostThousands) * 1_000_000 },
        ["mempoolexpiry"] = (policy, value) => policy with { ExpirySeconds = value.Number(MostThousands) * 3_600 },
        ["persistmempool"] = (policy, value) => policy with { IsPersistent = value.Flag() },
        ["limitancestorcount"] = (policy, value) => policy with { MaxAncestors = (int)value.Number(MostThousands) },
        ["limitancestorsize"] = (policy, value) => policy with { MaxAncestorSize = value.Number(MostThousands) * 1_000 },
        ["limitdescendantcount"] = (policy, value) => policy with { MaxDescendants = (int)value.Number(MostThousands) },
        ["limitdescendantsize"] = (policy, value) => policy with { MaxDescendantSize = value.Number(MostThousands) * 1_000 },
        ["datacarrier"] = (policy, value) => policy with { AcceptDataCarriers = value.Flag() },
        ["datacarriersize"] = (policy, value) => policy with { MaxDataCarrierSize = (int)value.Number(int.MaxValue) },
        ["permitbaremultisig"] = (policy, value) => policy with { PermitBareMultiSig = value.Flag() },
        ["bytespersigop"] = (policy, value) => policy with { BytesPerSigOp = (int)value.Number(MostThousands / 1_000) },
        ["mempoolfullrbf"] = (policy, value) => policy with { ReplaceWithoutSignal = value.Flag() },
        ["mempoolreplacement"] = (policy, value) => policy with { AllowReplacement = value.Text != "0" },
        ["acceptnonstdtxn"] = (policy, value) => policy with { RequireStandard = !value.Flag() },
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
            if (configuration.Find(name) is { } text) policy = change(policy, new Value(configuration, name, text));
        }

        // As in Core: who wants more for relaying a replacement wants at least that for relaying anything.
        return configuration.Find("incrementalrelayfee") is not null && configuration.Find("minrelaytxfee") is null
            ? policy with { MinRelayFeeRate = Math.Max(policy.MinRelayFeeRate, policy.IncrementalRelayFeeRate) }
            : policy;
    }

    private readonly record struct Value(ConfigurationFile Configuration, string Name, string Text)
    {
        public long Rate() => Configuration.Money(Name, fallback: 0);

        public long Number(long most) => Configuration.Number(Name, fallback: 0, 0, most);

        public bool Flag() => Configuration.Flag(Name, fallback: false);
    }
}
