using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Kit;

/// <summary>
/// A data directory as people have one after a while, made once by the commands themselves and copied for each test: node
/// 3000 with a wallet and a chain of its own, node 3001 with an encrypted wallet, a second chain's file beside them.
/// </summary>
public sealed class CommandWorld : IAsyncLifetime, IDisposable
{
    public const string Passphrase = "correct horse";

    private readonly DataFolder _template = new();

    /// <summary>An address of node 3000's wallet, which genesis pays.</summary>
    public string Own { get; private set; } = "";

    /// <summary>The address of node 3001's encrypted wallet, which has 3 coins.</summary>
    public string Locked { get; private set; } = "";

    /// <summary>A good address that is in no wallet here.</summary>
    public string Stranger { get; } = Address.Of(Keys.Bob.PublicKey, Profiles.PrivateAddressFormat).ToString();

    /// <summary>A good address of regtest.</summary>
    public string Foreign { get; } = Address.Of(Keys.Bob.PublicKey, Profiles.Regtest.AddressFormat).ToString();

    /// <summary>An address with one letter mistyped.</summary>
    public string Mistyped => Stranger[..10] + (Stranger[10] == 'x' ? 'y' : 'x') + Stranger[11..];

    public async Task InitializeAsync()
    {
        var folder = _template.Root;
        _template.Write("secret.txt", Passphrase + "\n");
        _template.Write("wrong.txt", "incorrect horse\n");
        _template.Write("easy.json", """{"powLimit": "207fffff"}""");
        Own = (await Cli.DoAsync("createwallet", "--datadir", folder)).LastWord.Trim();
        Locked = (await Cli.DoAsync("createwallet", "--datadir", folder, "--node", "3001", "--passphrase-file", _template.PathOf("secret.txt"))).LastWord.Trim();
        await Cli.DoAsync("createblockchain", "--address", Own, "--params", _template.PathOf("easy.json"), "--datadir", folder);
        await Cli.DoAsync("send", "--from", Own, "--to", Locked, "--amount", "3", "--mine", "--datadir", folder);
        FreshChain.Create().WriteTo(_template.Sub("other"));
        File.Move(Path.Combine(_template.PathOf("other"), GenesisFile.FileName), _template.PathOf("other.json"));
        Directory.Delete(_template.PathOf("other"));
        foreach (var path in Directory.GetFiles(folder, "*.lock")) File.Delete(path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _template.Dispose();

    /// <summary>A copy of its own for one test.</summary>
    internal DataFolder Copy()
    {
        var copy = new DataFolder();
        foreach (var path in Directory.GetFiles(_template.Root)) File.Copy(path, copy.PathOf(Path.GetFileName(path)));
        return copy;
    }
}
