using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Chain.Node;
using Chain.Node.Explorer;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Explorer;

/// <summary>Who may read, what is pushed to who listens, and what is counted.</summary>
public partial class ExplorerDoorTests
{
    /// <summary>DNS rebinding: a page of another site whose name was pointed at this machine sends that name.</summary>
    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:13000", HttpStatusCode.OK)]
    public async Task Page_ByHost_OnlyThisMachinesNames(string host, HttpStatusCode expected)
    {
        await using var node = await ExplorerNode.StartAsync();
        foreach (var path in (string[])["/", "/api/blocks", "/metrics", "/events?"])
        {
            if (path == "/events?" && expected == HttpStatusCode.OK) continue;
            Assert.Equal(expected, (await node.GetAsync(path, request => request.Headers.Host = host)).Status);
        }
    }

    /// <summary>A private chain is nobody else's business: pages of other sites read nothing unless they are let.</summary>
    [Theory]
    [InlineData(new string[0], "http://evil.example", null)]
    [InlineData(new[] { "*" }, "http://any.example", "*")]
    [InlineData(new[] { "http://good.example:8080", "https://other.example" }, "http://good.example:8080", "http://good.example:8080")]
    [InlineData(new[] { "http://good.example:8080", "https://other.example" }, "https://other.example", "https://other.example")]
    [InlineData(new[] { "http://good.example:8080", "https://other.example" }, "http://good.example", null)]
    public async Task Origin_OfOthers_ReadsTheApiWhereItIsNamed(string[] origins, string origin, string? expected)
    {
        await using var node = await ExplorerNode.StartAsync(settings: new ExplorerSettings { Origins = origins });
        Assert.Equal(expected, await AllowedAsync("/api/blocks/tip/height"));
        Assert.Equal(expected, await AllowedAsync("/api/nothing"));
        foreach (var path in (string[])["/", "/metrics", "/blocks"]) Assert.Null(await AllowedAsync(path));

        async Task<string?> AllowedAsync(string path)
        {
            var shown = await node.GetAsync(path, request => request.Headers.Add("Origin", origin));
            return shown.Response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null;
        }
    }

    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("https://example.org", true)]
    [InlineData("*", true)]
    [InlineData("http://localhost:8080/", false)]
    [InlineData("http://localhost/page", false)]
    [InlineData("localhost", false)]
    [InlineData("ftp://localhost", false)]
    [InlineData("null", false)]
    public void Origin_OfTheConfigurationOrTheCommandLine_IsASite(string text, bool isGood)
    {
        var file = ConfigurationFile.Parse("chain.conf", [$"esploracors={text}"], "private");
        if (isGood)
        {
            Assert.Equal([text], ExplorerSettings.From(file).Origins);
            Assert.Equal([text, text], ExplorerSettings.From(file).With(text).Origins);
        }
        else
        {
            Assert.Contains("is no site", Assert.Throws<CommandException>(() => ExplorerSettings.From(file)).Message, StringComparison.Ordinal);
            Assert.Equal(CommandException.UsageStatus, Assert.Throws<CommandException>(() => new ExplorerSettings().With(text)).Status);
        }
    }

    /// <summary>What has to be looked up waits for its turn, and where too many wait it is told to come again; files need no turn.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Requests_TooMany_AreSentAwayForASecond(int mostWaiting)
    {
        await using var node = await ExplorerNode.StartAsync(settings: new ExplorerSettings { AtOnce = 0, MostWaiting = mostWaiting, LongestWait = TimeSpan.FromMilliseconds(20) });
        foreach (var path in (string[])["/", "/api/blocks/tip/height", "/blocks"])
        {
            var shown = await node.GetAsync(path);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (shown.Status, shown.Response.Headers.RetryAfter!.Delta));
        }

        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/explorer.css")).Status);

        // Who watches the node, and who pays, do not stand behind those who read pages.
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/metrics")).Status);
        using var payment = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, "/api/tx")) { Content = new StringContent("00") };
        Assert.Equal(HttpStatusCode.BadRequest, (await node.SendAsync(payment)).Status);
    }

    [Fact]
    public async Task Events_TooManyListeners_AreSentAwayUntilOneLeaves()
    {
        await using var node = await ExplorerNode.StartAsync(settings: new ExplorerSettings { MostListeners = 1 });
        await using (await Listener.StartAsync(node))
        {
            var shown = await node.GetAsync("/events");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, shown.Status);
            Assert.NotNull(shown.Response.Headers.RetryAfter);
        }

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await using var next = await Listener.StartAsync(node);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => "the place of who left is free");
    }

    [Fact]
    public async Task Head_OfAPage_NoBody()
    {
        await using var node = await ExplorerNode.StartAsync();
        foreach (var path in (string[])["/", "/api/blocks/tip/hash", "/explorer.css"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(node.Address, path));
            var shown = await node.SendAsync(request);
            Assert.Equal((HttpStatusCode.OK, ""), (shown.Status, shown.Text));
            Assert.True(shown.Response.Content.Headers.ContentLength > 0);
        }
    }

    [Fact]
    public async Task Files_ByTheirHash_KeptForGood()
    {
        await using var node = await ExplorerNode.StartAsync();
        var page = await node.PageAsync("/");
        foreach (var (path, type) in ((string, string)[])[("/explorer.css", "text/css"), ("/explorer.js", "text/javascript"), ("/mark.svg", "image/svg+xml")])
        {
            var link = Regex.Match(page, $"\"({Regex.Escape(path)}\\?v=[0-9a-f]{{12}})\"").Groups[1].Value;
            var shown = await node.GetAsync(link);
            Assert.Equal((HttpStatusCode.OK, type), (shown.Status, shown.Response.Content.Headers.ContentType!.MediaType));
            Assert.Contains("immutable", shown.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("http://", shown.Text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("https://", shown.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_BlockTransactionPeerAndReorganisation_Pushed()
    {
        await using var node = await ExplorerNode.StartAsync();
        await using var listener = await Listener.StartAsync(node);
        var first = await node.GrowAsync();
        var block = await listener.NextAsync("block");
        Assert.Equal((first.Hash.ToString(), 1, 1, true), (block["hash"]!.GetValue<string>(), block["height"]!.GetValue<int>(), block["tx_count"]!.GetValue<int>(), block["connected"]!.GetValue<bool>()));
        var payment = ExplorerNode.Pay(first, Keys.Alice, 5_000);
        await node.SendAsync(payment);
        var transaction = await listener.NextAsync("transaction");
        Assert.Equal((payment.Id.ToString(), 1_000, payment.VirtualSize, true), (transaction["txid"]!.GetValue<string>(), transaction["fee"]!.GetValue<int>(), transaction["vsize"]!.GetValue<int>(), transaction["waiting"]!.GetValue<bool>()));
        using (await RawPeer.ConnectAndGreetAsync(node.Node.Listen.Port, Wire.UInt32(node.Params.Magic))) Assert.Equal(1, (await listener.NextAsync("peer"))["connections"]!.GetValue<int>());
        Assert.Equal(0, (await listener.NextAsync("peer"))["connections"]!.GetValue<int>());
        node.Builder.SetTip("genesis");
        await node.GrowAsync();
        await node.GrowAsync();
        var gone = await listener.NextAsync("block");
        Assert.Equal((first.Hash.ToString(), false), (gone["hash"]!.GetValue<string>(), gone["connected"]!.GetValue<bool>()));
        Assert.True((await listener.NextAsync("block"))["connected"]!.GetValue<bool>());
        Assert.Contains("chain_event_listeners 1\n", (await node.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_NodeStops_StreamEnds()
    {
        await using var node = await ExplorerNode.StartAsync();
        await using var listener = await Listener.StartAsync(node);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await node.Node.StopAsync();
        await listener.EndAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Metrics_EveryLine_InPrometheusForm()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        await node.SendAsync(ExplorerNode.Pay(first, Keys.Alice, 5_000));
        node.Builder.SetTip("genesis");
        await node.GrowAsync();
        await node.GrowAsync();
        await Assert.ThrowsAsync<RpcFailure>(() => node.Node.CallAsync("nosuchmethod"));
        var shown = await node.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", shown.Response.Content.Headers.ContentType!.ToString());
        var values = new Dictionary<string, double>();
        var typed = new HashSet<string>();
        foreach (var line in shown.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line) is { Success: true } type) Assert.True(typed.Add(type.Groups[1].Value), line);
            else if (!line.StartsWith("# HELP chain_", StringComparison.Ordinal))
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Assert.Contains(sample.Groups["name"].Value, typed);
                Assert.True(values.TryAdd(sample.Groups["key"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)), line);
            }
        }

        Assert.EndsWith("\n", shown.Text, StringComparison.Ordinal);
        Assert.Equal((2, 2, 3, 1, 1), (values["chain_height"], values["chain_headers"], values["chain_blocks_connected_total"], values["chain_blocks_disconnected_total"], values["chain_reorganisations_total"]));
        Assert.Equal(3, values["chain_rpc_requests_total{method=\"submitblock\",status=\"200\"}"]);
        Assert.Equal(1, values["chain_rpc_requests_total{method=\"unknown\",status=\"404\"}"]);
        Assert.Equal(0, values["chain_peers{direction=\"in\"}"]);
        Assert.True(values["chain_process_resident_memory_bytes"] > 1_000_000);
        foreach (var name in (string[])["chain_difficulty", "chain_mempool_transactions", "chain_mempool_bytes", "chain_mempool_fees_satoshis", "chain_coins_cached", "chain_network_hashes_per_second", "chain_network_bytes_total{direction=\"sent\"}", "chain_index_height"])
            Assert.Contains(name, values.Keys);
    }

    [GeneratedRegex("^# TYPE (chain_[a-z_]+) (gauge|counter)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^(?<key>(?<name>chain_[a-z_]+)(\\{[a-z]+=\"[a-z0-9]+\"(,[a-z]+=\"[a-z0-9]+\")*\\})?) (?<value>\\S+)$")]
    private static partial Regex Sample();

    /// <summary>Reads /events as an EventSource does.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { Timeout = Eventually.Patience };
        private StreamReader _lines = null!;

        public static async Task<Listener> StartAsync(ExplorerNode node)
        {
            var listener = new Listener();
            listener._lines = new StreamReader(await listener._http.GetStreamAsync(new Uri(node.Address, "/events")));
            Assert.Equal("retry: 2000", await listener.LineAsync());
            return listener;
        }

        public async Task<System.Text.Json.Nodes.JsonObject> NextAsync(string name)
        {
            while (await LineAsync() != $"event: {name}")
            {
            }

            var data = await LineAsync();
            Assert.StartsWith("data: ", data, StringComparison.Ordinal);
            return System.Text.Json.Nodes.JsonNode.Parse(data![6..])!.AsObject();
        }

        /// <summary>Reads until the other side ends the stream, cleanly or not.</summary>
        public async Task EndAsync()
        {
            try
            {
                while (await _lines.ReadLineAsync() is not null)
                {
                }
            }
            catch (IOException)
            {
                // It was cut off.
            }
        }

        public ValueTask DisposeAsync()
        {
            _lines.Dispose();
            _http.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<string?> LineAsync()
        {
            using var limit = new CancellationTokenSource(Eventually.Patience);
            return await _lines.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException("the stream ended");
        }
    }
}
