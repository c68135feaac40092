using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State.Storage;

namespace Chain.Node.Explorer.Data;

/// <summary>The SHA-256 of a locking script, by which its history is kept; the script itself where it is known.</summary>
internal sealed record ScriptHash(byte[] Bytes, ReadOnlyMemory<byte>? Script)
{
    /// <summary>The part of it that indexes go by.</summary>
    public UInt128 Name => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Bytes.AsSpan(0, IndexTable.NameSize));

    /// <summary>Of the script that pays an address.</summary>
    public static ScriptHash Of(Address address) => Of(StandardScripts.PayTo(address));

    /// <summary>Of a script.</summary>
    public static ScriptHash Of(ReadOnlyMemory<byte> script) => new(Sha256.Hash(script.Span), script);

    /// <summary>Only the name of a script's hash.</summary>
    public static UInt128 NameOf(ReadOnlySpan<byte> script)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(script, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
