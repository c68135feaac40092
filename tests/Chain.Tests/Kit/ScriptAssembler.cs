using Chain.Core.Encoding;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>
/// The notation of Bitcoin Core's script tests: <c>0x…</c> for raw bytes, <c>'…'</c> for a pushed text, names of operations
/// with or without <c>OP_</c>.
/// </summary>
public static class ScriptAssembler
{
    private static readonly Dictionary<string, Opcode> Names = new(StringComparer.Ordinal)
    {
        ["DUP"] = Opcode.Dup,
        ["HASH160"] = Opcode.Hash160,
        ["EQUALVERIFY"] = Opcode.EqualVerify,
        ["CHECKSIG"] = Opcode.CheckSig,
        ["RETURN"] = Opcode.Return,
    };

    /// <summary>The bytes of a script; null where it holds an operation that has no name here.</summary>
    public static byte[]? TryAssemble(string text)
    {
        var writer = new ByteWriter();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith("0x", StringComparison.Ordinal)) writer.WriteBytes(Hex.Bytes(word[2..]));
            else if (word.StartsWith('\'')) writer.WriteBytes(ScriptEditing.Push(System.Text.Encoding.ASCII.GetBytes(word.Trim('\''))));
            else if (Names.TryGetValue(word.Replace("OP_", "", StringComparison.Ordinal), out var opcode)) writer.WriteByte((byte)opcode);
            else return null;
        }

        return writer.ToArray();
    }
}
