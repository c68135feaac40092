using Chain.Core.Encoding;
using Chain.Network.Messages;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Network;

/// <summary>Messages from strangers: whatever the bytes, decoding ends with a message or with a <see cref="DecodeException"/>, and costs little.</summary>
public class MutatedMessageTests(ITestOutputHelper output)
{
    private const double HeaderPercent = 4;

    public static TheoryData<string> Commands => [.. RandomMessages.Commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Decode_MutatedPayload_ThrowsNothingElseAndKeepsWhatItRead(string command) =>
        Mutations.Check(output, $"{command} messages", (40 - HeaderPercent) / RandomMessages.Commands.Count, g => Draw(command, g), bytes => TryDecode(command, bytes),
            (_, message) =>
            {
                var payload = message.ToPayload();
                Assert.True(payload.Span.SequenceEqual(MessageCodec.Decode(command, payload).ToPayload().Span), "what was read is written otherwise");
            });

    [Fact]
    public void FrameHeader_Mutated_ThrowsNothingElseAndKeepsWhatItRead() =>
        Mutations.Check(output, "frame headers", HeaderPercent, DrawHeader, TryDecodeHeader, (bytes, header) =>
        {
            var again = new byte[FrameHeader.Size];
            ((FrameHeader)header).Write(again);
            Assert.Equal(bytes, again);
        });

    private static byte[] Draw(string command, Generate g) => RandomMessages.Create(command, new Random(g.Between(0, int.MaxValue))).ToPayload().ToArray();

    private static byte[] DrawHeader(Generate g)
    {
        var header = new byte[FrameHeader.Size];
        FrameHeader.For(g.Bits32(), RandomMessages.Commands[g.Between(0, RandomMessages.Commands.Count - 1)], g.Bytes()).Write(header);
        return header;
    }

    private static Message? TryDecode(string command, byte[] payload)
    {
        try
        {
            return MessageCodec.Decode(command, payload);
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    /// <summary>A reader of frames cuts 24 bytes from its stream: there is no other length to refuse.</summary>
    private static object? TryDecodeHeader(byte[] bytes)
    {
        if (bytes.Length != FrameHeader.Size) return null;
        try
        {
            return FrameHeader.Read(bytes);
        }
        catch (DecodeException)
        {
            return null;
        }
    }
}
