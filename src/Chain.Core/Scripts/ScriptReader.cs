using System.Buffers.Binary;

namespace Chain.Core.Scripts;

/// <summary>
/// Walks over the operations of a script. Any bytes can stand in a script, so a push that runs beyond the end is a result
/// (<see cref="IsMalformed"/>), not an exception.
/// </summary>
public ref struct ScriptReader
{
    private readonly ReadOnlyMemory<byte> _script;

    /// <summary>Starts at the first operation.</summary>
    public ScriptReader(ReadOnlyMemory<byte> script) => _script = script;

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
        opcode = default;
        data = default;
        var rest = _script.Span[Position..];
        if (rest.IsEmpty) return false;
        opcode = (Opcode)rest[0];
        var (prefix, size) = opcode switch
        {
            < Opcode.PushData1 => (0, (uint)rest[0]),
            Opcode.PushData1 => (1, rest.Length > 1 ? rest[1] : uint.MaxValue),
            Opcode.PushData2 => (2, rest.Length > 2 ? BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]) : uint.MaxValue),
            Opcode.PushData4 => (4, rest.Length > 4 ? BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]) : uint.MaxValue),
            _ => (0, 0u),
        };
        if (size > (uint)Math.Max(0, rest.Length - 1 - prefix))
        {
            IsMalformed = true;
            return false;
        }

        data = _script.Slice(Position + 1 + prefix, (int)size);
        Position += 1 + prefix + (int)size;
        return true;
    }
}
