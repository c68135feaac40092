using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>
/// A wallet's history changed and cut: whatever is lost is looked for in the chain again, and money and transactions are the same,
/// also those of keys that were imported when the chain was there already.
/// </summary>
public sealed class WalletHistoryAttackTests : IDisposable
{
    /// <summary>Of the bytes, since each costs a look through the chain; every end of a record is tried.</summary>
    private const int Step = 9;

    private readonly OpenChain _chain = new();
    private readonly LocalNodeClient _client;
    private int _next = 1;

    public WalletHistoryAttackTests() => _client = _chain.Client();

    private string Wallet => _chain.PathOf("wallet.dat");

    private string History => Wallet + WalletLog.Suffix;

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task Load_HistoryDamagedAnywhere_SameBalanceAndTransactions()
    {
        await FillAsync();
        var truth = await StateAsync();
        await CallAsync("unloadwallet", "");
        var data = await File.ReadAllBytesAsync(History);
        Assert.True(data.Length > 2_000, $"a history of {data.Length} bytes");
        for (var i = 0; i < data.Length; i += Step)
        {
            var damaged = (byte[])data.Clone();
            damaged[i] ^= (byte)(1 << (i % 8));
            await CheckAsync(damaged, truth, $"byte {i} of {data.Length}");
            await CheckAsync(data[..i], truth, $"cut to {i} of {data.Length}");
        }

        foreach (var end in EndsOfRecords(data)) await CheckAsync(data[..end], truth, $"cut behind the record that ends at {end} of {data.Length}");
        await CheckAsync([], truth, "empty");
        await CheckAsync([.. data, 1, 2, 3], truth, "with more behind it");
        File.Delete(History);
        await CallAsync("loadwallet", "");
        Assert.Equal(truth, await StateAsync());
    }

    /// <summary>Three sessions: payments come and go, then a key and an address come in that were paid in the first.</summary>
    private async Task FillAsync()
    {
        await CallAsync("createwallet", "");
        await CallAsync("unloadwallet", "");
        using (var random = System.Security.Cryptography.RandomNumberGenerator.Create())
        using (var storage = WalletStorage.Load(Wallet, random, TimeSpan.FromSeconds(10))) storage.Update(contents => contents.Gap = 2);
        await CallAsync("loadwallet", "");
        Pay(await AddressAsync("shop"));
        Pay(Address(Keys.Alice));
        Pay(Address(Keys.Bob));
        Pay(await AddressAsync("rent"));
        await CallAsync("unloadwallet", "");
        await CallAsync("loadwallet", "");
        await SendAsync(Address(Keys.Of(9)), 3);
        await CallAsync("importprivkey", Keys.Alice.ToWif(_chain.Builder.Params.WifVersion), "alice");
        await CallAsync("unloadwallet", "");
        await CallAsync("loadwallet", "");
        await CallAsync("importaddress", Address(Keys.Bob), "bob");
        await SendAsync(await AddressAsync("to myself"), 2);
        _chain.Grow();
    }

    /// <summary>A block in which the next reward goes to an address.</summary>
    private void Pay(string address)
    {
        var format = _chain.Builder.Params.AddressFormat;
        Assert.Equal(AddressError.None, Core.Primitives.Address.TryParse(address, format, out var to));
        var reward = _next == 1 ? _chain.Builder.Params.Genesis : _chain.Builder[$"grown {_next - 1}"].Block;
        _next++;
        var coinbase = reward.Transactions[0];
        _chain.Grow(Keys.Spend(new OutPoint(coinbase.Id, 0), Keys.Miner, new TxOut(coinbase.Outputs[0].Value, StandardScripts.PayTo(to))));
    }

    private async Task SendAsync(string address, decimal amount)
    {
        var id = await TextAsync("sendtoaddress", address, amount);
        var hex = await TextAsync("getrawtransaction", id);
        _chain.Grow(Transaction.TryDecode(Convert.FromHexString(hex))!);
        _next++;
    }

    private async Task CheckAsync(byte[] history, string truth, string what)
    {
        await File.WriteAllBytesAsync(History, history);
        await CallAsync("loadwallet", "");
        var state = await StateAsync();
        await CallAsync("unloadwallet", "");
        Assert.True(truth == state, $"{what}:\n{state}\nis not\n{truth}");
    }

    private async Task<string> StateAsync()
    {
        var balances = (await CallAsync("getbalances"))!.AsObject();
        balances.Remove("lastprocessedblock");
        var coins = (await CallAsync("listunspent"))!.AsArray().Select(c => $"{c!["txid"]}:{c["vout"]} {c["amount"]} {c["confirmations"]} {c["label"]} {c["spendable"]}");
        var all = (await CallAsync("listtransactions", "*", 1000, 0, true))!.AsArray()
            .Select(t => $"{t!["txid"]}:{t["vout"]} {t["category"]} {t["amount"]} {t["blockhash"]} {t["confirmations"]} {t["label"]} {t["abandoned"]}");
        return string.Join('\n', [balances.ToJsonString(), .. coins.Order(StringComparer.Ordinal), .. all.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Where the records of a history end: a cut there leaves nothing that is broken.</summary>
    private static IEnumerable<int> EndsOfRecords(byte[] data)
    {
        for (var end = 8 + Hash256.Size; end < data.Length; end += 8 + BitConverter.ToInt32(data, end)) yield return end;
    }

    private string Address(PrivateKey key) => Core.Primitives.Address.Of(key.PublicKey, _chain.Builder.Params.AddressFormat).ToString();

    private Task<string> AddressAsync(string label) => TextAsync("getnewaddress", label);

    private async Task<string> TextAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.GetValue<string>();

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => _client.CallAsync(method, new JsonArray(parameters), CancellationToken.None);
}
