namespace Chain.Core.Scripts;

/// <summary>How an input's sequence number says how old the coin must be that it spends (BIP68).</summary>
public static class RelativeLockTime
{
    /// <summary>With this bit the number says nothing about age.</summary>
    public const uint DisableFlag = 1u << 31;

    /// <summary>With this bit the age counts in units of 512 seconds, without it in blocks.</summary>
    public const uint TypeFlag = 1u << 22;

    /// <summary>The bits that hold the age.</summary>
    public const uint ValueMask = 0xffff;

    /// <summary>A unit of time is two to this many seconds: 512.</summary>
    public const int Granularity = 9;

    /// <summary>The first transaction version in which the number says anything.</summary>
    public const uint MinVersion = 2;
}
