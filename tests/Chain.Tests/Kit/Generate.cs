using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>Draws random objects from one seeded source: the same seed draws the same objects.</summary>
public sealed class Generate
{
    private readonly Random _random;

    public Generate(int seed) => _random = new Random(seed);

    /// <summary>An integer from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public int Between(int min, int max) => (int)_random.NextInt64(min, (long)max + 1);

    public bool Bool() => Between(0, 1) == 1;

    public uint Bits32() => (uint)_random.NextInt64(0, (long)uint.MaxValue + 1);

    public long Bits64() => BitConverter.ToInt64(Bytes(8));

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Bytes of a random length, mostly short, now and then beyond the one-byte CompactSize.</summary>
    public byte[] Bytes() => Bytes(Between(0, 20) == 0 ? Between(250, 600) : Between(0, 40));

    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[Between(0, choices.Length - 1)];

    public Hash256 Hash() => new(Bytes(Hash256.Size));

    public BlockHash BlockHash() => new(Hash());

    public OutPoint OutPoint() => Between(0, 9) == 0 ? Core.Primitives.OutPoint.Null : new OutPoint(new TxId(Hash()), Bits32());

    public TxIn Input(bool withWitness) => new(OutPoint(), Bytes(), Bits32(), withWitness ? List(Between(0, 4), () => (ReadOnlyMemory<byte>)Bytes()) : []);

    public TxOut Output() => new(Bool() ? Bits64() : Between(0, int.MaxValue), Bytes());

    /// <summary>A transaction that means nothing, in the legacy form or with witnesses.</summary>
    public Transaction Transaction()
    {
        var withWitness = Bool();
        return new Transaction(Between(int.MinValue, int.MaxValue), List(Between(1, 5), () => Input(withWitness)), List(Between(0, 5), Output), Bits32());
    }

    /// <summary>One of up to some hundred thousand bytes: many inputs, outputs and witness items, most of them of few bytes.</summary>
    public Transaction LargeTransaction()
    {
        var items = Between(0, 2_000);
        var inputs = List(Between(1, 300), () => new TxIn(OutPoint(), Bytes(), Bits32(), List(Between(0, items / 100), () => (ReadOnlyMemory<byte>)Bytes(Between(0, 3)))));
        return new Transaction(Between(int.MinValue, int.MaxValue), inputs, List(Between(0, 1_000), Output), Bits32());
    }

    public BlockHeader Header() => new(Between(int.MinValue, int.MaxValue), BlockHash(), Hash(), Bits32(), Bits32(), Bits32());

    public Block Block() => new(Header(), List(Between(0, 6), Transaction));

    /// <summary>A block of up to some hundred thousand bytes.</summary>
    public Block LargeBlock() => new(Header(), List(Between(100, 500), Transaction));

    public BlockLocator Locator() => new(List(Between(0, BlockLocator.MaxSize), BlockHash));

    /// <summary>
    /// The encoding with one or a few of the damages that a careless or hostile sender does: bits flipped, bytes set to the
    /// values at which lengths change form, pieces cut out, doubled or appended.
    /// </summary>
    public byte[] Mutate(ReadOnlySpan<byte> encoding)
    {
        var bytes = encoding.ToArray();
        for (var i = Between(1, 3); i > 0; i--) bytes = MutateOnce(bytes);
        return bytes;
    }

    public static ImmutableArray<T> List<T>(int count, Func<T> draw)
    {
        var list = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) list.Add(draw());
        return list.MoveToImmutable();
    }

    private byte[] MutateOnce(byte[] bytes)
    {
        if (bytes.Length == 0) return Bytes(Between(0, 20));
        var at = Between(0, bytes.Length - 1);
        var end = Between(at, Math.Min(bytes.Length, at + 20));
        switch (Between(0, 5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Between(0, 7));
                return bytes;
            case 1:
                bytes[at] = OneOf<byte>(0x00, 0x01, 0xfc, 0xfd, 0xfe, 0xff);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[end..]];
            case 4:
                return [.. bytes[..end], .. bytes[at..]];
            default:
                return [.. bytes, .. Bytes(Between(1, 20))];
        }
    }
}
