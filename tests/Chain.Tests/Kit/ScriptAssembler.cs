using System.Globalization;
using Chain.Core.Encoding;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>
/// The notation of Bitcoin Core's script tests: numbers, <c>0x…</c> for raw bytes, <c>'…'</c> for a pushed text, names of
/// operations with or without <c>OP_</c>.
/// </summary>
public static class ScriptAssembler
{
    /// <summary>The names of the operations from OP_NOP on, in the order of their bytes.</summary>
    private const string Names =
        "NOP VER IF NOTIF VERIF VERNOTIF ELSE ENDIF VERIFY RETURN TOALTSTACK FROMALTSTACK 2DROP 2DUP 3DUP 2OVER 2ROT 2SWAP IFDUP DEPTH "
        + "DROP DUP NIP OVER PICK ROLL ROT SWAP TUCK CAT SUBSTR LEFT RIGHT SIZE INVERT AND OR XOR EQUAL EQUALVERIFY RESERVED1 RESERVED2 "
        + "1ADD 1SUB 2MUL 2DIV NEGATE ABS NOT 0NOTEQUAL ADD SUB MUL DIV MOD LSHIFT RSHIFT BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY "
        + "NUMNOTEQUAL LESSTHAN GREATERTHAN LESSTHANOREQUAL GREATERTHANOREQUAL MIN MAX WITHIN RIPEMD160 SHA1 SHA256 HASH160 HASH256 "
        + "CODESEPARATOR CHECKSIG CHECKSIGVERIFY CHECKMULTISIG CHECKMULTISIGVERIFY NOP1 CHECKLOCKTIMEVERIFY CHECKSEQUENCEVERIFY "
        + "NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 CHECKSIGADD";

    private static readonly Dictionary<string, Opcode> Opcodes = Names.Split(' ').Index()
        .ToDictionary(pair => pair.Item, pair => (Opcode)((int)Opcode.Nop + pair.Index), StringComparer.Ordinal);

    /// <summary>The bytes of a script; throws <see cref="FormatException"/> at a word that means nothing.</summary>
    public static byte[] Assemble(string text)
    {
        var writer = new ByteWriter();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries)) writer.WriteBytes(AssembleWord(word));
        return writer.ToArray();
    }

    private static byte[] AssembleWord(string word)
    {
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return ScriptEditing.PushNumber(number);
        if (word.StartsWith("0x", StringComparison.Ordinal)) return Hex.Bytes(word[2..]);
        if (word.StartsWith('\'')) return ScriptEditing.Push(System.Text.Encoding.ASCII.GetBytes(word.Trim('\'')));
        var name = word.StartsWith("OP_", StringComparison.Ordinal) ? word[3..] : word;
        if (name == "RESERVED") return [(byte)Opcode.Reserved];
        return Opcodes.TryGetValue(name, out var opcode) ? [(byte)opcode] : throw new FormatException($"'{word}' is no part of a script.");
    }
}
