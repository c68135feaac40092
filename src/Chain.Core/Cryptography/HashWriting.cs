using Chain.Core.Encoding;

namespace Chain.Core.Cryptography;

/// <summary>Hashes in encodings: their bytes in hashing order, without a length.</summary>
public static class HashWriting
{
    /// <summary>Writes the 32 bytes.</summary>
    public static ByteWriter WriteHash(this ByteWriter writer, Hash256 hash)
    {
        hash.CopyTo(writer.Take(Hash256.Size));
        return writer;
    }
}
