using System.Collections.Immutable;
using System.Net;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>Messages of every kind with random contents, the same for the same seed.</summary>
internal static class RandomMessages
{
    public static IReadOnlyList<string> Commands { get; } =
    [
        "version", "verack", "ping", "pong", "addr", "getaddr", "inv", "getdata", "notfound",
        "getblocks", "getheaders", "headers", "block", "tx", "reject",
        "sendheaders", "feefilter", "wtxidrelay", "sendaddrv2",
    ];

    public static Message Create(string command, Random random) => command switch
    {
        "version" => new VersionMessage
        {
            ProtocolVersion = random.Next(),
            Services = (ServiceFlags)random.NextInt64(),
            Timestamp = random.NextInt64(),
            Receiver = Address(random),
            Sender = Address(random),
            Nonce = (ulong)random.NextInt64(),
            UserAgent = Text(random, VersionMessage.MaxUserAgentLength),
            StartHeight = random.Next(),
            Relay = random.Next(2) == 0,
        },
        "verack" => new VerackMessage(),
        "ping" => new PingMessage(random.Next(4) == 0 ? null : (ulong)random.NextInt64()),
        "pong" => new PongMessage((ulong)random.NextInt64()),
        "addr" => new AddrMessage(Many(random, 30, () => new TimestampedAddress((uint)random.Next(), Address(random)))),
        "getaddr" => new GetAddrMessage(),
        "inv" => new InvMessage(Many(random, 300, () => Item(random))),
        "getdata" => new GetDataMessage(Many(random, 300, () => Item(random))),
        "notfound" => new NotFoundMessage(Many(random, 300, () => Item(random))),
        "getblocks" => new GetBlocksMessage(Locator(random), new BlockHash(Hash(random)), (uint)random.Next()),
        "getheaders" => new GetHeadersMessage(Locator(random), new BlockHash(Hash(random)), (uint)random.Next()),
        "headers" => new HeadersMessage(Many(random, 30, () => Header(random))),
        "block" => new BlockMessage(Block(random)),
        "tx" => new TxMessage(Transaction(random)),
        "reject" => new RejectMessage(Text(random, 12), (RejectCode)random.Next(256), Text(random, RejectMessage.MaxReasonLength), random.Next(2) == 0 ? null : Hash(random)),
        "sendheaders" => new SendHeadersMessage(),
        "feefilter" => new FeeFilterMessage(random.NextInt64()),
        "wtxidrelay" => new WtxidRelayMessage(),
        "sendaddrv2" => new SendAddrV2Message(),
        _ => throw new ArgumentException(command, nameof(command)),
    };

    public static Hash256 Hash(Random random) => new(Bytes(random, Hash256.Size));

    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    public static BlockHeader Header(Random random) =>
        new(random.Next(), new BlockHash(Hash(random)), Hash(random), (uint)random.Next(), (uint)random.Next(), (uint)random.Next());

    public static Block Block(Random random) => new(Header(random), Many(random, 20, () => Transaction(random)));

    public static Transaction Transaction(Random random)
    {
        var inputs = Many(random, 4, () => new TxIn(
            new OutPoint(new TxId(Hash(random)), (uint)random.Next()),
            Bytes(random, random.Next(150)),
            (uint)random.Next(),
            random.Next(2) == 0 ? [] : Many(random, 3, () => (ReadOnlyMemory<byte>)Bytes(random, random.Next(80)))));
        return new Transaction(random.Next(), inputs, Many(random, 4, () => new TxOut(random.NextInt64(), Bytes(random, random.Next(60)))), (uint)random.Next());
    }

    private static InventoryItem Item(Random random) => new((InventoryType)random.Next(6), Hash(random));

    private static BlockLocator Locator(Random random) => new(Many(random, BlockLocator.MaxSize, () => new BlockHash(Hash(random))));

    private static NetworkAddress Address(Random random) =>
        new((ServiceFlags)random.NextInt64(), new IPAddress(Bytes(random, random.Next(2) == 0 ? 4 : 16)), (ushort)random.Next(65536));

    private static string Text(Random random, int max) =>
        new(Enumerable.Range(0, random.Next(max + 1)).Select(_ => (char)random.Next(' ', '~' + 1)).ToArray());

    private static ImmutableArray<T> Many<T>(Random random, int max, Func<T> create) =>
        [.. Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => create())];
}
