using System.Globalization;
using System.Text;

namespace Chain.Core.Scripts;

/// <summary>Scripts as text, in the form that tools of Bitcoin Core read (Core: ScriptToAsmStr, GetOpName).</summary>
public static class ScriptAssembly
{
    private const int FirstNamed = (int)Opcode.Nop;
    private const int LongestNumber = 4;

    /// <summary>The operations from OP_NOP on, in the order of their bytes.</summary>
    private static readonly string[] Names = (
        "NOP VER IF NOTIF VERIF VERNOTIF ELSE ENDIF VERIFY RETURN TOALTSTACK FROMALTSTACK 2DROP 2DUP 3DUP 2OVER 2ROT 2SWAP IFDUP DEPTH DROP DUP NIP OVER "
        + "PICK ROLL ROT SWAP TUCK CAT SUBSTR LEFT RIGHT SIZE INVERT AND OR XOR EQUAL EQUALVERIFY RESERVED1 RESERVED2 1ADD 1SUB 2MUL 2DIV NEGATE ABS NOT "
        + "0NOTEQUAL ADD SUB MUL DIV MOD LSHIFT RSHIFT BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL LESSTHAN GREATERTHAN LESSTHANOREQUAL "
        + "GREATERTHANOREQUAL MIN MAX WITHIN RIPEMD160 SHA1 SHA256 HASH160 HASH256 CODESEPARATOR CHECKSIG CHECKSIGVERIFY CHECKMULTISIG CHECKMULTISIGVERIFY "
        + "NOP1 CHECKLOCKTIMEVERIFY CHECKSEQUENCEVERIFY NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 CHECKSIGADD").Split(' ');

    /// <summary>
    /// The operations with a space between: numbers of up to 4 bytes in decimal, longer pushes in hexadecimal, <c>[error]</c> for
    /// a push beyond the end. In an unlocking script the hash type of what looks like a signature is named behind it.
    /// </summary>
    public static string ToText(ReadOnlyMemory<byte> script, bool isUnlocking = false)
    {
        var namesHashTypes = isUnlocking && !StandardScripts.IsUnspendable(script.Span);
        var text = new StringBuilder();
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out var data))
        {
            if (text.Length > 0) text.Append(' ');
            if (opcode > Opcode.PushData4) text.Append(NameOf(opcode));
            else if (data.Length <= LongestNumber && ScriptNumber.TryRead(data.Span, requireMinimal: false, out var number)) text.Append(CultureInfo.InvariantCulture, $"{number}");
            else text.Append(namesHashTypes ? WithHashType(data.Span) : Convert.ToHexStringLower(data.Span));
        }

        if (reader.IsMalformed) text.Append(text.Length > 0 ? " [error]" : "[error]");
        return text.ToString();
    }

    /// <summary>The name of an operation: OP_ and its name, but only the number where it pushes one.</summary>
    public static string NameOf(Opcode opcode)
    {
        if (opcode.SmallNumber() is { } number) return number.ToString(CultureInfo.InvariantCulture);
        if (opcode == Opcode.Op1Negate) return "-1";
        if (opcode == Opcode.Reserved) return "OP_RESERVED";
        var index = (int)opcode - FirstNamed;
        return index >= 0 && index < Names.Length ? "OP_" + Names[index] : (byte)opcode == byte.MaxValue ? "OP_INVALIDOPCODE" : "OP_UNKNOWN";
    }

    /// <summary>The name of a hash type; null for one that none is defined for.</summary>
    public static string? NameOf(SignatureHashType type)
    {
        if (!type.IsDefined()) return null;
        var name = type.OutputPart() switch { SignatureHashType.All => "ALL", SignatureHashType.NoOutputs => "NONE", _ => "SINGLE" };
        return (type & SignatureHashType.AnyoneCanPay) != 0 ? name + "|ANYONECANPAY" : name;
    }

    private static string WithHashType(ReadOnlySpan<byte> data) =>
        SignatureEncoding.CheckSignature(data, ScriptFlags.StrictEncoding) == ScriptError.Ok && NameOf((SignatureHashType)data[^1]) is { } name
            ? $"{Convert.ToHexStringLower(data[..^1])}[{name}]"
            : Convert.ToHexStringLower(data);
}
