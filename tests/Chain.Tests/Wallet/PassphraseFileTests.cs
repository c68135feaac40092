using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>A passphrase is the first line of a file, as people's editors write it.</summary>
public class PassphraseFileTests
{
    [Theory]
    [InlineData("open sesame", "open sesame")]
    [InlineData("open sesame\n", "open sesame")]
    [InlineData("open sesame\r\n", "open sesame")]
    [InlineData("open sesame\nsecond line\n", "open sesame")]
    [InlineData(" spaces are part of it \n", " spaces are part of it ")]
    [InlineData("\uFEFFmärkte\n", "märkte")]
    public void Read_FirstLine_WithoutItsEnd(string text, string expected)
    {
        using var folder = new WalletFolder();
        File.WriteAllText(folder.PathOf("p"), text);
        using var passphrase = PassphraseFile.Read(folder.PathOf("p"));
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(expected), passphrase.Bytes);
    }

    [Fact]
    public void Read_UnusableFile_PassphraseUnusable()
    {
        using var folder = new WalletFolder();
        var path = folder.PathOf("p");
        Assert.Equal(WalletError.PassphraseUnusable, Error(path));
        byte[][] contents = [[], "\n"u8.ToArray(), "\r\nsecond"u8.ToArray(), [0xff, 0xfe], new byte[PassphraseFile.MaxSize + 1]];
        foreach (var content in contents)
        {
            File.WriteAllBytes(path, content);
            Assert.Equal(WalletError.PassphraseUnusable, Error(path));
        }

        Assert.Equal(WalletError.PassphraseUnusable, Error(Path.GetDirectoryName(path)!));
        Assert.Equal(WalletError.PassphraseUnusable, Error(folder.PathOf("no/such")));
    }

    [Fact]
    public void TryCreate_EmptyOrNoText_Null()
    {
        Assert.Null(Passphrase.TryCreate(""));
        Assert.Null(Passphrase.TryCreate("\ud800"));
        Assert.Null(Passphrase.TryCreate(default(ReadOnlySpan<byte>)));
    }

    [Fact]
    public void Dispose_Always_ErasesTheBytes()
    {
        var passphrase = Passphrase.TryCreate("open sesame")!;
        passphrase.Dispose();
        Assert.Equal(new byte[11], passphrase.Bytes);
    }

    private static WalletError Error(string path) => Assert.Throws<WalletException>(() => PassphraseFile.Read(path)).Error;
}
