namespace Chain.Core.Scripts;

/// <summary>
/// What a locking script of segregated witness holds, <c>OP_n &lt;program&gt;</c>: a version from 0 to 16 and 2 to 40 bytes,
/// which commit to what the witness must show (BIP141).
/// </summary>
public readonly record struct WitnessProgram(int Version, ReadOnlyMemory<byte> Program)
{
    /// <summary>The shortest program.</summary>
    public const int MinSize = 2;

    /// <summary>The longest program.</summary>
    public const int MaxSize = 40;

    /// <summary>The highest version.</summary>
    public const int MaxVersion = 16;

    /// <summary>Length of the program of P2WPKH, the HASH160 of a key.</summary>
    public const int KeyHashSize = 20;

    /// <summary>Length of the program of P2WSH, the SHA-256 of a script, and of P2TR, an x-only key.</summary>
    public const int ScriptHashSize = 32;

    private static ReadOnlySpan<byte> AnchorProgram => [0x4e, 0x73];

    /// <summary>P2WPKH.</summary>
    public bool IsPublicKeyHash => Version == 0 && Program.Length == KeyHashSize;

    /// <summary>P2WSH.</summary>
    public bool IsScriptHash => Version == 0 && Program.Length == ScriptHashSize;

    /// <summary>P2TR.</summary>
    public bool IsTaproot => Version == 1 && Program.Length == ScriptHashSize;

    /// <summary>P2A: anybody may spend it, with nothing (BIP433).</summary>
    public bool IsAnchor => Version == 1 && Program.Span.SequenceEqual(AnchorProgram);

    /// <summary>False for version 0 with a length that it does not know: no witness unlocks that.</summary>
    public bool IsSpendable => Version != 0 || IsPublicKeyHash || IsScriptHash;

    /// <summary>The program that a locking script consists of; null for any other script.</summary>
    public static WitnessProgram? Find(ReadOnlyMemory<byte> script)
    {
        var bytes = script.Span;
        if (bytes.Length is < MinSize + 2 or > MaxSize + 2 || bytes[1] != bytes.Length - 2) return null;
        return ((Opcode)bytes[0]).SmallNumber() is { } version ? new WitnessProgram(version, script[2..]) : null;
    }
}
