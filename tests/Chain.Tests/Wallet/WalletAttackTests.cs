using Chain.Core.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>
/// A wallet's file with each of its bytes changed, cut at each length, and forged by someone who mends its checksum: damage is
/// always found, told as such, and never written over.
/// </summary>
public class WalletAttackTests
{
    private const int IterationsOffset = 13;

    private static readonly byte[] Patterns = [0x01, 0x80, 0xff];

    public static TheoryData<uint, bool> Kinds => new()
    {
        { WalletFile.FirstVersion, false },
        { WalletFile.FirstVersion, true },
        { WalletFile.CurrentVersion, false },
        { WalletFile.CurrentVersion, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Load_EveryByteFlipped_DamagedAndLeftAlone(uint version, bool isEncrypted)
    {
        using var folder = new WalletFolder();
        var data = AttackedWallet.Make(folder, version, isEncrypted);
        using (var file = Open(folder))
        {
            for (var i = 0; i < data.Length; i++)
            {
                foreach (var pattern in Patterns)
                {
                    RandomAccess.Write(file.SafeFileHandle, [(byte)(data[i] ^ pattern)], i);
                    Assert.True(LoadError(folder) == WalletError.Damaged, $"byte {i} of {data.Length} changed by {pattern:x2}: {LoadError(folder)}");
                }

                RandomAccess.Write(file.SafeFileHandle, [data[i]], i);
            }
        }

        Assert.Equal(data, File.ReadAllBytes(folder.Wallet));
        Assert.Null(LoadError(folder));
        Assert.Throws<WalletException>(() =>
        {
            File.WriteAllBytes(folder.Wallet, [.. data[..^1], (byte)(data[^1] ^ 1)]);
            folder.AddKey(AttackedWallet.Secret);
        });
        Assert.Equal(data[..^1], File.ReadAllBytes(folder.Wallet)[..^1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Load_CutAtEveryLength_Damaged(uint version, bool isEncrypted)
    {
        using var folder = new WalletFolder();
        var data = AttackedWallet.Make(folder, version, isEncrypted);
        File.WriteAllBytes(folder.Wallet, [.. data, 0]);
        Assert.Equal(WalletError.Damaged, LoadError(folder));
        using var file = Open(folder);
        for (var length = data.Length - 1; length >= 0; length--)
        {
            file.SetLength(length);
            Assert.True(LoadError(folder) == WalletError.Damaged, $"cut to {length} of {data.Length}: {LoadError(folder)}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Unlock_EveryByteForgedOrCutWithMendedChecksum_NoOtherException(uint version, bool isEncrypted)
    {
        using var folder = new WalletFolder();
        var data = AttackedWallet.Make(folder, version, isEncrypted);
        for (var i = 0; i < data.Length - Hash256.Size; i++)
        {
            UnlockOrRefuse(folder, Mend([.. data[..i], .. new byte[Hash256.Size]]));

            // The upper bytes of the number of rounds would only make the test slow.
            if (isEncrypted && i is > IterationsOffset and < IterationsOffset + 4) continue;
            foreach (var pattern in Patterns)
            {
                var forged = (byte[])data.Clone();
                forged[i] ^= pattern;
                UnlockOrRefuse(folder, Mend(forged));
            }
        }
    }

    /// <summary>A running node meets the damage at its next change: it tells of it, and keeps what it has.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Update_FileDamagedMeanwhile_NothingIsLost(bool isEncrypted)
    {
        using var folder = new WalletFolder();
        var data = AttackedWallet.Make(folder, WalletFile.CurrentVersion, isEncrypted);
        for (var i = 0; i < data.Length; i += 7)
        {
            File.WriteAllBytes(folder.Wallet, data);
            using var storage = WalletStorage.Load(folder.Wallet, folder.Random, TimeSpan.FromSeconds(10));
            var damaged = (byte[])data.Clone();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(folder.Wallet, damaged);
            try
            {
                storage.Update(contents => contents.Gap = 9);
            }
            catch (WalletException e)
            {
                Assert.Equal(WalletError.Damaged, e.Error);
                Assert.Equal(damaged, File.ReadAllBytes(folder.Wallet));
                continue;
            }

            // What is in memory is whole, and so is the file now.
            Assert.Null(LoadError(folder));
        }
    }

    private static FileStream Open(WalletFolder folder) => new(folder.Wallet, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private static WalletError? LoadError(WalletFolder folder)
    {
        try
        {
            KeyStore.Load(folder.Wallet).Dispose();
            return null;
        }
        catch (WalletException e)
        {
            return e.Error;
        }
    }

    /// <summary>What is accepted opens, with keys that belong to their public halves; anything but a refusal fails the test.</summary>
    private static void UnlockOrRefuse(WalletFolder folder, byte[] data)
    {
        File.WriteAllBytes(folder.Wallet, data);
        try
        {
            using var storage = WalletStorage.Load(folder.Wallet, folder.Random, TimeSpan.FromSeconds(10));
            if (storage.Seal is { } seal) storage.TryUnlock(AttackedWallet.CipherOf(seal));
        }
        catch (WalletException)
        {
            // Refused.
        }
    }

    private static byte[] Mend(byte[] data)
    {
        Sha256d.Hash(data.AsSpan(..^Hash256.Size)).CopyTo(data.AsSpan(^Hash256.Size..));
        return data;
    }
}
