using System.Buffers.Binary;

namespace Chain.Core.Scripts;

/// <summary>
/// Walks over the operations of a script. Any bytes can stand in a script, so a push that runs beyond the end is a result
/// (<see cref="IsMalformed"/>), not an exception.
/// </summary>
public ref struct ScriptReader
{
    private readonly ReadOnlyMemory<byte> _script;
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Starts at the first operation.</summary>
    public ScriptReader(ReadOnlyMemory<byte> script)
    {
        _script = script;
        _bytes = script.Span;
    }

    /// <summary>Where the next operation begins.</summary>
    public int Position { get; private set; }

    /// <summary>True after a push that ran beyond the end of the script.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The same script, read from another place on.</summary>
    public readonly ScriptReader From(int position) => new(_script) { Position = position };

    /// <summary>
    /// Reads one operation. For a push <paramref name="data"/> is what it pushes, as a slice of the script; false at the
    /// end, and at a malformed push.
    /// </summary>
    public bool TryRead(out Opcode opcode, out ReadOnlyMemory<byte> data)
    {
        if (!TryRead(out opcode, out int size))
        {
            data = default;
            return false;
        }

        data = _script.Slice(Position - size, size);
        return true;
    }

    /// <summary>Reads one operation and passes over what it pushes.</summary>
    public bool TryRead(out Opcode opcode) => TryRead(out opcode, out int _);

    /// <summary>Reads one operation, and the length of what it pushes, which ends at <see cref="Position"/>.</summary>
    private bool TryRead(out Opcode opcode, out int size)
    {
        opcode = default;
        size = 0;
        var rest = _bytes[Position..];
        if (rest.IsEmpty) return false;
        opcode = (Opcode)rest[0];
        rest = rest[1..];
        if (opcode <= Opcode.PushData4 && !TryReadSize(opcode, ref rest, out size))
        {
            IsMalformed = true;
            return false;
        }

        Position = _bytes.Length - rest.Length + size;
        return true;
    }

    private static bool TryReadSize(Opcode opcode, ref ReadOnlySpan<byte> rest, out int size)
    {
        size = (int)opcode;
        if (opcode >= Opcode.PushData1)
        {
            var prefix = 1 << (opcode - Opcode.PushData1);
            if (rest.Length < prefix) return false;
            var announced = opcode switch
            {
                Opcode.PushData1 => rest[0],
                Opcode.PushData2 => BinaryPrimitives.ReadUInt16LittleEndian(rest),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(rest),
            };
            rest = rest[prefix..];
            if (announced > int.MaxValue) return false;
            size = (int)announced;
        }

        return size <= rest.Length;
    }
}
