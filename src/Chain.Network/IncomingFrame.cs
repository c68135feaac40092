namespace Chain.Network;

/// <summary>A frame whose magic, length and checksum were right; the payload is the receiver's to keep.</summary>
internal sealed record IncomingFrame(string Command, ReadOnlyMemory<byte> Payload);
