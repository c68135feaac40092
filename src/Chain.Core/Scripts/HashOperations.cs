using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>The operations that replace the top by its hash: OP_RIPEMD160 to OP_HASH256.</summary>
internal static class HashOperations
{
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "OP_SHA1 is part of Script.")]
    public static ScriptError Execute(ScriptMachine machine, Opcode opcode)
    {
        if (machine.Stack.Count < 1) return ScriptError.InvalidStackOperation;
        var element = machine.Stack.Pop().Span;
        machine.Stack.Push(opcode switch
        {
            Opcode.Ripemd160 => OfRipemd160(element),
            Opcode.Sha1 => SHA1.HashData(element),
            Opcode.Sha256 => Sha256.Hash(element),
            Opcode.Hash160 => Hash160.Of(element).ToByteArray(),
            Opcode.Hash256 => Sha256d.Hash(element).ToByteArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
        });
        return ScriptError.Ok;
    }

    private static byte[] OfRipemd160(ReadOnlySpan<byte> element)
    {
        var hash = new byte[Hash160.Size];
        Ripemd160.Hash(element, hash);
        return hash;
    }
}
