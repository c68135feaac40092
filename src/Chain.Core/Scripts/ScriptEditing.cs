using Chain.Core.Encoding;

namespace Chain.Core.Scripts;

/// <summary>How elements are pushed, and what legacy signatures ask to be cut out of a script.</summary>
public static class ScriptEditing
{
    /// <summary>
    /// The script without the pushes of <paramref name="element"/> (Core: FindAndDelete): a signature cannot sign itself,
    /// so where it stands in the locking script it is left out of what is hashed.
    /// </summary>
    public static ReadOnlyMemory<byte> RemovePush(ReadOnlyMemory<byte> script, ReadOnlySpan<byte> element)
    {
        if (script.Span.IndexOf(element) < 0) return script;

        var pattern = Push(element);
        var kept = new ByteWriter(script.Length);
        var reader = new ScriptReader(script);
        var start = 0;
        do
        {
            // What was read since the last cut is kept; matches are cut where an operation begins, again and again.
            kept.WriteBytes(script.Span[start..reader.Position]);
            start = reader.Position;
            while (script.Span[start..].StartsWith(pattern)) start += pattern.Length;
            if (start != reader.Position) reader = reader.From(start);
        }
        while (reader.TryRead(out _));

        return kept.WriteBytes(script.Span[start..]).ToArray();
    }

    /// <summary>The shortest push of an element by its length (OP_0, 0x01 to 0x4b, PUSHDATA1, 2 or 4).</summary>
    public static byte[] Push(ReadOnlySpan<byte> element)
    {
        var writer = new ByteWriter(element.Length + 5);
        if (element.Length < (int)Opcode.PushData1) writer.WriteByte((byte)element.Length);
        else if (element.Length <= byte.MaxValue) writer.WriteByte((byte)Opcode.PushData1).WriteByte((byte)element.Length);
        else if (element.Length <= ushort.MaxValue) writer.WriteByte((byte)Opcode.PushData2).WriteUInt16((ushort)element.Length);
        else writer.WriteByte((byte)Opcode.PushData4).WriteUInt32((uint)element.Length);
        return writer.WriteBytes(element).ToArray();
    }

    /// <summary>
    /// The shortest push of a number: OP_0, OP_1NEGATE, OP_1 to OP_16, or its little-endian bytes with the sign in the top
    /// bit. The height at the head of a coinbase has this form (BIP34).
    /// </summary>
    public static byte[] PushNumber(long value)
    {
        if (value == 0) return [(byte)Opcode.Op0];
        if (value is -1 or (>= 1 and <= 16)) return [(byte)((int)Opcode.Op1 - 1 + value)];
        return Push(ScriptNumber.Encode(value));
    }

    /// <summary>True where no shorter operation pushes the same element (MINIMALDATA).</summary>
    public static bool IsMinimalPush(Opcode opcode, ReadOnlySpan<byte> element) => element switch
    {
        [] => opcode == Opcode.Op0,
        // OP_1 to OP_16 and OP_1NEGATE push these.
        [(>= 1 and <= 16) or 0x81] => false,
        { Length: < (int)Opcode.PushData1 } => (int)opcode == element.Length,
        { Length: <= byte.MaxValue } => opcode == Opcode.PushData1,
        { Length: <= ushort.MaxValue } => opcode == Opcode.PushData2,
        _ => true,
    };

    /// <summary>True where the script consists of pushes alone, small numbers included (Core: IsPushOnly).</summary>
    public static bool IsPushOnly(ReadOnlyMemory<byte> script)
    {
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode))
        {
            if (opcode > Opcode.Op16) return false;
        }

        return !reader.IsMalformed;
    }
}
