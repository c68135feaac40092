using System.Collections.Immutable;
using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary><c>m &lt;key&gt;… n OP_CHECKMULTISIG</c>: m signatures of n keys unlock it. Keys are in script form, unchecked.</summary>
public sealed record MultiSig(int Required, ImmutableArray<ReadOnlyMemory<byte>> PublicKeys)
{
    /// <summary>The script that asks for signatures of these keys, in their order.</summary>
    public static byte[] Script(int required, IReadOnlyCollection<PublicKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(required, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(required, keys.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Count, SigOps.MaxPublicKeysPerMultiSig);
        return
        [
            .. ScriptEditing.PushNumber(required), .. keys.SelectMany(key => ScriptEditing.Push(key.Bytes)),
            .. ScriptEditing.PushNumber(keys.Count), (byte)Opcode.CheckMultiSig,
        ];
    }

    /// <summary>Recognises such a script with 1 to 20 keys of possible lengths; null for any other.</summary>
    public static MultiSig? Find(ReadOnlyMemory<byte> script)
    {
        if (script.Length == 0 || script.Span[^1] != (byte)Opcode.CheckMultiSig) return null;
        var reader = new ScriptReader(script);
        if (!TryReadCount(ref reader, out var required)) return null;
        var keys = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var start = reader;
        while (reader.TryRead(out var opcode, out var data) && SignatureEncoding.IsKeyLength(data.Span))
        {
            keys.Add(data);
            start = reader;
        }

        if (!TryReadCount(ref start, out var count) || count != keys.Count || required > count) return null;
        return start.Position == script.Length - 1 ? new MultiSig(required, keys.ToImmutable()) : null;
    }

    /// <summary>Numbers up to 16 are operations, those above are pushed.</summary>
    private static bool TryReadCount(ref ScriptReader reader, out int count)
    {
        count = 0;
        if (!reader.TryRead(out var opcode, out var data)) return false;
        if (opcode.SmallNumber() is { } small) count = small;
        else if (ScriptEditing.IsMinimalPush(opcode, data.Span) && ScriptNumber.TryRead(data.Span, requireMinimal: true, out var number)) count = (int)number;
        return count is >= 1 and <= SigOps.MaxPublicKeysPerMultiSig;
    }
}
