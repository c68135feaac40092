using System.Buffers.Binary;
using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>The wallet's format: every damage is found and reported as such, with or without a passphrase.</summary>
public class WalletFileTests
{
    private const string Secret = "correct horse battery staple";
    private const int VersionOffset = 8;
    private const int KindOffset = 12;
    private const int IterationsOffset = 13;
    private const int PlainCountOffset = 13;
    private const int PlainTimeOffset = PlainCountOffset + 1 + Secp256k1.CompressedSize;

    [Fact]
    public void Encode_OneKeyInClear_HasTheDocumentedLayout()
    {
        using var folder = new WalletFolder { Options = WalletFolder.FirstVersion };
        var key = folder.AddKey();
        using var store = OpenWallet.Load(folder.Wallet);
        var data = File.ReadAllBytes(folder.Wallet);

        Assert.Equal(8 + 4 + 1 + 1 + 33 + 8 + 32 + 32, data.Length);
        Assert.Equal("CHAINWL\0"u8, data.AsSpan(0, 8));
        Assert.Equal([1, 0, 0, 0, 0, 1], data[8..14]);
        Assert.Equal(key.Bytes, data.AsSpan(14, 33));
        Assert.Equal((ulong)WalletFolder.Start.ToUnixTimeSeconds(), BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(47)));
        Assert.Equal(store.FindPrivateKey(key.Hash)!.Bytes, data.AsSpan(55, 32));
        Assert.Equal(SHA256.HashData(SHA256.HashData(data.AsSpan(..^32))), data[^32..]);
    }

    [Fact]
    public void Encode_OneKeyEncrypted_HasTheDocumentedLayout()
    {
        using var folder = new WalletFolder { Options = WalletFolder.FirstVersion };
        var key = folder.AddKey(Secret);
        var data = File.ReadAllBytes(folder.Wallet);

        Assert.Equal(8 + 4 + 1 + (4 + 16 + 12) + 1 + 33 + 8 + (32 + 16) + 32, data.Length);
        Assert.Equal([1, 0, 0, 0, 1, 2, 0, 0, 0], data[8..17]);

        // Opened with nothing but the framework's own primitives.
        var aesKey = Rfc2898DeriveBytes.Pbkdf2(Secret, data[17..33], 2, HashAlgorithmName.SHA256, 32);
        using var aes = new AesGcm(aesKey, 16);
        var plain = new byte[32];
        aes.Decrypt(data.AsSpan(33, 12), data.AsSpan(87, 32), data.AsSpan(119, 16), plain, data.AsSpan(0, 87));
        Assert.Equal(key, PrivateKey.TryCreate(plain)!.PublicKey);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void Decode_EveryBitFlipped_Damaged(string? passphrase)
    {
        using var folder = Create(passphrase, out var data);
        for (var bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(WalletError.Damaged, LoadError(folder, data));
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void Decode_CutAtEveryLength_Damaged(string? passphrase)
    {
        using var folder = Create(passphrase, out var data);
        for (var length = 0; length < data.Length; length++) Assert.Equal(WalletError.Damaged, LoadError(folder, data[..length]));
        Assert.Equal(WalletError.Damaged, LoadError(folder, [.. data, 0]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void Decode_CutAtEveryLengthWithMendedChecksum_WalletException(string? passphrase)
    {
        using var folder = Create(passphrase, out var data);
        for (var length = 0; length < data.Length - 32; length++) Assert.NotNull(LoadError(folder, Mend([.. data[..length], .. new byte[32]])));
        Assert.Equal(WalletError.Damaged, LoadError(folder, Mend([.. data, 0])));
    }

    [Fact]
    public void Unlock_EveryByteForgedWithMendedChecksum_WalletException()
    {
        using var folder = Create(Secret, out var data);
        using var passphrase = Passphrase.TryCreate(Secret)!;
        for (var i = 0; i < data.Length - 32; i++)
        {
            // The upper bytes of the number of rounds would only make the test slow.
            if (i is > IterationsOffset and < IterationsOffset + 4) continue;
            var forged = (byte[])data.Clone();
            forged[i] ^= 1;
            File.WriteAllBytes(folder.Wallet, Mend(forged));
            Assert.Throws<WalletException>(() =>
            {
                using var store = OpenWallet.Load(folder.Wallet);
                if (!store.TryUnlock(passphrase)) throw WalletException.WrongPassphrase(folder.Wallet);
            });
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(WalletCipher.MaxIterations + 1u)]
    [InlineData(uint.MaxValue)]
    public void Decode_IterationsOutOfBounds_DamagedAndNotComputed(uint iterations)
    {
        using var folder = Create(Secret, out var data);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(IterationsOffset), iterations);
        Assert.Equal(WalletError.Damaged, LoadError(folder, Mend(data)));
    }

    [Theory]
    [InlineData(VersionOffset, 2, WalletError.Damaged)]
    [InlineData(VersionOffset, 3, WalletError.NewerVersion)]
    [InlineData(VersionOffset, 0, WalletError.Damaged)]
    [InlineData(KindOffset, 2, WalletError.NewerVersion)]
    [InlineData(PlainCountOffset, 3, WalletError.Damaged)]
    [InlineData(PlainCountOffset, 1, WalletError.Damaged)]
    [InlineData(PlainCountOffset, 0xff, WalletError.Damaged)]
    [InlineData(PlainCountOffset + 1, 5, WalletError.Damaged)]
    [InlineData(PlainTimeOffset + 7, 0xff, WalletError.Damaged)]
    public void Decode_ForgedFieldWithMendedChecksum_Refused(int offset, byte value, WalletError expected)
    {
        using var folder = Create(passphrase: null, out var data);
        data[offset] = value;
        Assert.Equal(expected, LoadError(folder, Mend(data)));
    }

    [Fact]
    public void Decode_PrivateKeysExchanged_Damaged()
    {
        using var folder = Create(passphrase: null, out var data);
        var secrets = data.AsSpan(data.Length - 96, 64);
        byte[] exchanged = [.. secrets[32..], .. secrets[..32]];
        exchanged.CopyTo(secrets);
        Assert.Equal(WalletError.Damaged, LoadError(folder, Mend(data)));
    }

    [Fact]
    public void Decode_OneKeyTwice_Damaged()
    {
        using var folder = Create(passphrase: null, out var data);
        const int EntrySize = Secp256k1.CompressedSize + 8;
        data.AsSpan(PlainCountOffset + 1, EntrySize).CopyTo(data.AsSpan(PlainCountOffset + 1 + EntrySize));
        data.AsSpan(data.Length - 96, 32).CopyTo(data.AsSpan(data.Length - 64));
        Assert.Equal(WalletError.Damaged, LoadError(folder, Mend(data)));
    }

    [Fact]
    public void Decode_RandomBytes_OnlyWalletExceptions()
    {
        using var folder = new WalletFolder { Options = WalletFolder.FirstVersion };
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var data = new byte[random.Next(400)];
            random.NextBytes(data);
            if (data.Length >= 60)
            {
                "CHAINWL\0\u0001\0\0\0"u8.CopyTo(data);
                data[KindOffset] &= 1;
                Mend(data);
            }

            Assert.True(LoadError(folder, data) is not null, $"seed {seed}, round {i}");
        }
    }

    /// <summary>A wallet with two keys.</summary>
    private static WalletFolder Create(string? passphrase, out byte[] data)
    {
        var folder = new WalletFolder { Options = WalletFolder.FirstVersion };
        folder.AddKey(passphrase);
        folder.AddKey(passphrase);
        data = File.ReadAllBytes(folder.Wallet);
        return folder;
    }

    private static WalletError? LoadError(WalletFolder folder, byte[] data)
    {
        File.WriteAllBytes(folder.Wallet, data);
        try
        {
            KeyStore.Load(folder.Wallet).Dispose();
            return null;
        }
        catch (WalletException e)
        {
            Assert.Contains(folder.Wallet, e.Message, StringComparison.Ordinal);
            return e.Error;
        }
    }

    private static byte[] Mend(byte[] data)
    {
        Sha256d.Hash(data.AsSpan(..^32)).CopyTo(data.AsSpan(^32..));
        return data;
    }
}
