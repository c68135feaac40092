using System.Collections.Immutable;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Network.Messages;

/// <summary>Answers <c>getheaders</c>: headers in order, each followed by a transaction count of zero.</summary>
public sealed class HeadersMessage : Message
{
    /// <summary>The command.</summary>
    public const string CommandName = "headers";

    /// <summary>The most headers in one message (Core: MAX_HEADERS_RESULTS).</summary>
    public const int MaxHeaders = 2_000;

    /// <summary>Takes at most <see cref="MaxHeaders"/> headers.</summary>
    public HeadersMessage(ImmutableArray<BlockHeader> headers)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headers.Length, MaxHeaders);
        Headers = headers;
    }

    /// <inheritdoc/>
    public override string Command => CommandName;

    /// <summary>The headers.</summary>
    public ImmutableArray<BlockHeader> Headers { get; }

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        writer.WriteCompactSize((ulong)Headers.Length);
        foreach (var header in Headers)
        {
            header.Write(writer);
            writer.WriteCompactSize(0);
        }
    }

    internal static HeadersMessage Read(ref ByteReader reader)
    {
        var count = reader.ReadCount(BlockHeader.Size + 1);
        if (count > MaxHeaders) throw new DecodeException($"a headers message has {count} headers, more than {MaxHeaders}");
        var headers = ImmutableArray.CreateBuilder<BlockHeader>(count);
        for (var i = 0; i < count; i++)
        {
            headers.Add(BlockHeader.Read(ref reader));
            if (reader.ReadCompactSize() != 0) throw new DecodeException("a header in a headers message counts transactions");
        }

        return new HeadersMessage(headers.MoveToImmutable());
    }
}
