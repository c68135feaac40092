using System.Buffers.Binary;
using System.Numerics;

namespace Chain.State.Storage.Sorted;

/// <summary>
/// Says of a key that a run surely does not have it, or that it may: a Bloom filter of 10 bits a key, whose bits for one key
/// lie in one block of 64 bytes. About one key in a hundred is taken for one that may be there.
/// </summary>
internal sealed class KeyFilter
{
    private const int BitsPerKey = 10;
    private const int WordsPerBlock = 8;
    private const int BitsOfKey = 6;
    private const int BitsOfPlace = 9;
    private const ulong Odd = 0x9e3779b97f4a7c15;

    private readonly ulong[] _words;

    /// <summary>Creates a filter without keys.</summary>
    public KeyFilter(long maxKeys) => _words = new ulong[(maxKeys * BitsPerKey / (64 * WordsPerBlock) + 1) * WordsPerBlock];

    private KeyFilter(ulong[] words) => _words = words;

    /// <summary>What <see cref="Encode"/> gave; null for a length that it never gives.</summary>
    public static KeyFilter? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length % (sizeof(ulong) * WordsPerBlock) != 0) return null;
        var words = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return new KeyFilter(words);
    }

    /// <summary>The number that stands for a key in every filter.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> key)
    {
        var (first, last) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[^sizeof(ulong)..]));
        unchecked
        {
            var mixed = first ^ BitOperations.RotateLeft(last * Odd, 32);
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>Adds a key by its <see cref="HashOf"/>.</summary>
    public void Add(ulong hash)
    {
        var block = Block(hash, out var bits);
        for (var i = 0; i < BitsOfKey; i++, bits >>= BitsOfPlace) block[(int)((bits >> 6) & (WordsPerBlock - 1))] |= 1UL << (int)(bits & 63);
    }

    /// <summary>False where the key with this <see cref="HashOf"/> was surely not added.</summary>
    public bool MayContain(ulong hash)
    {
        var block = Block(hash, out var bits);
        for (var i = 0; i < BitsOfKey; i++, bits >>= BitsOfPlace)
        {
            if ((block[(int)((bits >> 6) & (WordsPerBlock - 1))] & (1UL << (int)(bits & 63))) == 0) return false;
        }

        return true;
    }

    /// <summary>The bits, 8 bytes little-endian a word.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[_words.Length * sizeof(ulong)];
        for (var i = 0; i < _words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), _words[i]);
        return bytes;
    }

    private Span<ulong> Block(ulong hash, out ulong bits)
    {
        bits = unchecked(hash * Odd);
        var block = (int)Math.BigMul(hash, (ulong)_words.Length / WordsPerBlock, out _);
        return _words.AsSpan(block * WordsPerBlock, WordsPerBlock);
    }
}
