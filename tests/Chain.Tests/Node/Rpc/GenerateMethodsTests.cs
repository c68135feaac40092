using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Blocks that are mined at once.</summary>
public sealed class GenerateMethodsTests : IDisposable
{
    private const string Compressed = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    private const string Uncompressed =
        "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

    private const string Extended = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

    private readonly OpenChain _chain = new();
    private readonly LocalNodeClient _client;

    public GenerateMethodsTests() => _client = _chain.Client();

    private string Address => _chain.Builder.Params.AddressOf(Keys.Alice);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task GenerateToAddress_MinesSoManyBlocks()
    {
        var hashes = (await CallAsync("generatetoaddress", 3, Address))!.AsArray();
        Assert.Equal((3, 3), (hashes.Count, _chain.Height));
        Assert.Equal($"{_chain.Loaded.Chainstate.Tip.Hash}", hashes[^1]!.GetValue<string>());
        Assert.Equal(Keys.ScriptOf(Keys.Alice), TipReward());
        Assert.Empty((await CallAsync("generatetoaddress", 0, Address))!.AsArray());
        Assert.Empty((await CallAsync("generatetoaddress", -1, Address))!.AsArray());
    }

    [Fact]
    public async Task GenerateToAddress_TriesAreCounted()
    {
        Assert.Empty((await CallAsync("generatetoaddress", 5, Address, 0))!.AsArray());
        Assert.Equal(5, (await CallAsync("generatetoaddress", 5, Address, 1_000_000))!.AsArray().Count);
        Assert.Equal(5, _chain.Height);
    }

    [Fact]
    public async Task GenerateToAddress_BadParameters()
    {
        await Fields.FailsAsync(RpcErrorCode.InvalidAddressOrKey, "Error: Invalid address", () => CallAsync("generatetoaddress", 1, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLx"));
        await Fields.FailsAsync(RpcErrorCode.Misc, "JSON integer out of range", () => CallAsync("generatetoaddress", 1, Address, -1));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "is not of expected type number", () => CallAsync("generatetoaddress", "1", Address));
        await Fields.FailsAsync(RpcErrorCode.Misc, "generatetoaddress", () => CallAsync("generatetoaddress", 1));
    }

    [Theory]
    [InlineData("raw(51)", "51")]
    [InlineData($"pk({Compressed})", $"21{Compressed}ac")]
    [InlineData($"pkh({Compressed})", "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac")]
    [InlineData($"wpkh({Compressed})", "0014751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData($"combo({Compressed})", "0014751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData($"sh(wpkh({Compressed}))", "a914bcfeb728b584253d5f3f70bcb780e9ef218a68f487")]
    public async Task GenerateToDescriptor_PaysItsScript(string descriptor, string script)
    {
        Assert.Single((await CallAsync("generatetodescriptor", 1, descriptor))!.AsArray());
        Assert.Equal(script, Hex.Of(TipReward()));
    }

    [Theory]
    [InlineData(-5, "foo(51)", "'foo(51)' is not a valid descriptor function")]
    [InlineData(-5, "raw(5)", "Raw script is not hex")]
    [InlineData(-5, "wpkh(04)", "wpkh(): ")]
    [InlineData(-5, "", "'' is not a valid descriptor function")]
    [InlineData(-5, "raw(51)#aaaaaaaa", "checksum")]
    [InlineData(-8, $"pkh({Extended}/0/*)", "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?")]
    [InlineData(-5, $"pkh({Extended}/0'/0)", "Cannot derive script without private keys")]
    public async Task Descriptor_ThatGivesNoOneScript_IsRefused(int code, string descriptor, string words)
    {
        await Fields.FailsAsync(code, words, () => CallAsync("generatetodescriptor", 1, descriptor));

        // Where it could be an address too, only what is a descriptor is spoken of as one.
        var isDescriptor = descriptor.StartsWith("pkh", StringComparison.Ordinal);
        await Fields.FailsAsync(code, isDescriptor ? words : "Error: Invalid address or descriptor", () => CallAsync("generateblock", descriptor, new JsonArray()));
    }

    [Fact]
    public async Task GenerateToDescriptor_ComboOfAnUncompressedKey_PaysItsHash()
    {
        await CallAsync("generatetodescriptor", 1, $"combo({Uncompressed})");
        Assert.Equal("76a91491b24bf9f5288532960ac687abb035127b1d28a588ac", Hex.Of(TipReward()));
    }

    [Fact]
    public async Task Generate_SaysThatItWasReplaced()
    {
        const string Words = "generate\n\nhas been replaced by the -generate cli option. Refer to -help for more information.\n";
        await Fields.FailsAsync(RpcErrorCode.MethodNotFound, Words, () => CallAsync("generate"));
        Assert.Equal(Words, (await CallAsync("help", "generate"))!.GetValue<string>());
        Assert.DoesNotContain("replaced", (await CallAsync("help"))!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateBlock_HoldsJustWhatIsNamed()
    {
        var (left, named) = (_chain.Payment(fee: 5_000), _chain.Grow());
        Assert.Null(_chain.Loaded.Mempool.Accept(left));
        var payment = Keys.Spend(new OutPoint(named.Transactions[0].Id, 0), Keys.Miner, Keys.PayTo(Keys.Bob, 1_000));
        Assert.Null(_chain.Loaded.Mempool.Accept(payment));
        var raw = Keys.Spend(new OutPoint(payment.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, 900));
        var result = Fields.Check(await CallAsync("generateblock", $"addr({Address})", new JsonArray($"{payment.Id}", Hex.Of(raw.Raw.Span))), "hash:h64");
        var tip = _chain.Loaded.Chainstate.GetBlock(_chain.Loaded.Chainstate.Tip);
        Assert.Equal($"{tip.Hash}", result["hash"]!.GetValue<string>());
        Assert.Equal([payment.Id, raw.Id], tip.Transactions.Skip(1).Select(transaction => transaction.Id));

        // The fees are left, as in Core.
        Assert.Equal(10 * Amount.Coin, tip.Transactions[0].Outputs[0].Value);
        Assert.Equal([left.Id], _chain.Loaded.Mempool.Entries.Select(entry => entry.Transaction.Id));
    }

    [Fact]
    public async Task GenerateBlock_WithoutSubmitting_GivesTheBlock()
    {
        var result = Fields.Check(await CallAsync("generateblock", Address, new JsonArray(), false), "hash:h64 hex:h");
        Assert.Equal(0, _chain.Height);
        Assert.Null(await CallAsync("submitblock", result["hex"]!.GetValue<string>()));
        Assert.Equal(result["hash"]!.GetValue<string>(), $"{_chain.Loaded.Chainstate.Tip.Hash}");
    }

    [Fact]
    public async Task GenerateBlock_BadParameters()
    {
        var parent = _chain.Payment(fee: 100);
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 900));
        await Fields.FailsAsync(RpcErrorCode.VerifyError, "TestBlockValidity failed: bad-txns-inputs-missingorspent",
            () => CallAsync("generateblock", Address, new JsonArray(Hex.Of(child.Raw.Span), Hex.Of(parent.Raw.Span))));
        var id = new string('0', 64);
        await Fields.FailsAsync(RpcErrorCode.InvalidAddressOrKey, $"Transaction {id} not in mempool.", () => CallAsync("generateblock", Address, new JsonArray(id)));
        await Fields.FailsAsync(RpcErrorCode.Deserialization, "Transaction decode failed for 0000", () => CallAsync("generateblock", Address, new JsonArray("0000")));
        await Fields.FailsAsync(RpcErrorCode.TypeError, "JSON value of type number is not of expected type string", () => CallAsync("generateblock", Address, new JsonArray(1)));
        await Fields.FailsAsync(RpcErrorCode.InvalidAddressOrKey, "Error: Invalid address or descriptor", () => CallAsync("generateblock", "1234", new JsonArray()));
    }

    private byte[] TipReward() => _chain.Loaded.Chainstate.GetBlock(_chain.Loaded.Chainstate.Tip).Transactions[0].Outputs[0].ScriptPubKey.ToArray();

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => _client.CallAsync(method, new JsonArray(parameters), CancellationToken.None);
}
