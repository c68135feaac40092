using Chain.Core.Encoding;

namespace Chain.Core.Scripts;

/// <summary>
/// The room that script checks need, taken up again by each of those that run one after the other on a thread: the machine
/// with its stack, and the buffer for what signatures sign.
/// </summary>
public sealed class ScriptWorkspace
{
    internal ScriptMachine Machine { get; } = new();

    internal ByteWriter Buffer { get; } = new(1024);
}
