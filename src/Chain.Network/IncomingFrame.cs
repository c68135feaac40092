namespace Chain.Network;

/// <summary>A frame whose magic and length were right; the payload is the receiver's to keep.</summary>
internal sealed record IncomingFrame(string Command, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Why its bytes are not what was sent, its command being no text or its checksum wrong; null for a good one.</summary>
    public string? Damage { get; init; }
}
