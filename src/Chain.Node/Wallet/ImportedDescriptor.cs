namespace Chain.Node.Wallet;

/// <summary>
/// A descriptor that a wallet was given, with the scripts that it stands for from a first position on (Core: WalletDescriptor). Its
/// private keys are among those of the wallet.
/// </summary>
internal sealed class ImportedDescriptor(string text, DateTimeOffset since, uint first, int scriptsAtOnce, IReadOnlyList<ReadOnlyMemory<byte>> scripts)
{
    /// <summary>The text without private keys, with its checksum.</summary>
    internal string Text => text;

    /// <summary>The time from which on there may be payments to it.</summary>
    internal DateTimeOffset Since => since;

    /// <summary>The first position of its wildcard.</summary>
    internal uint First => first;

    /// <summary>The position behind the last.</summary>
    internal uint End => first + (uint)(scripts.Count / scriptsAtOnce);

    /// <summary>How many scripts there are for each position.</summary>
    internal int ScriptsAtOnce => scriptsAtOnce;

    /// <summary>The locking scripts, by position.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Scripts => scripts;

    /// <summary>Whether it has a wildcard.</summary>
    internal bool IsRange { get; init; }

    /// <summary>Whether new addresses are made of it.</summary>
    internal bool IsActive { get; set; }

    /// <summary>Whether they are for change.</summary>
    internal bool IsInternal { get; set; }

    /// <summary>The position of the next new address.</summary>
    internal uint Next { get; set; }

    /// <summary>The type of its addresses; null where one position has several, or none.</summary>
    internal AddressType? Type => scriptsAtOnce == 1 ? AddressTypes.OfScript(scripts[0]) : null;

    /// <summary>The script for the next new address; null where all were given out.</summary>
    internal ReadOnlyMemory<byte>? NextScript => Next < End ? scripts[(int)(Next - first) * scriptsAtOnce] : (ReadOnlyMemory<byte>?)null;
}
