using System.Net;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Explorer.Pages;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Explorer;

/// <summary>The pages of the explorer, as a browser without scripts sees them.</summary>
public class PageTests
{
    /// <summary>Follows every link from the overview on: each leads to a whole page, and no page is out of reach.</summary>
    [Fact]
    public async Task Links_FromTheOverviewOn_AllLeadSomewhere()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 100_000_000);
        await node.GrowAsync(payment);
        await node.SendAsync(Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 99_000_000)));
        var seen = new HashSet<string>();
        var left = new Queue<string>(["/"]);
        while (left.TryDequeue(out var path))
        {
            if (!seen.Add(path) || seen.Count > 200) continue;
            var shown = await node.GetAsync(path);
            Assert.True((int)shown.Status < 400, $"{path}: {shown.Status}");
            if (shown.Status == HttpStatusCode.Redirect) left.Enqueue(shown.Response.Headers.Location!.ToString());
            if (shown.Response.Content.Headers.ContentType?.MediaType != "text/html") continue;
            PageCheck.Whole(shown);
            foreach (var link in PageCheck.Links(shown.Text)) left.Enqueue(link);
        }

        foreach (var wanted in (string[])["/blocks", "/mempool", "/peers", "/metrics", "/api/blocks", $"/block/{first.Hash}", $"/tx/{payment.Id}", $"/address/{node.AddressOf(Keys.Bob)}"]) Assert.Contains(wanted, seen);
        Assert.Contains(seen, path => path.StartsWith("/explorer.css?v=", StringComparison.Ordinal));
        Assert.Contains(seen, path => path.StartsWith("/explorer.js?v=", StringComparison.Ordinal));
        Assert.Contains(seen, path => path.StartsWith("/mark.svg?v=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Overview_ChainAndPool_Told()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var tip = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 150_000_000);
        await node.SendAsync(payment);
        var page = await node.PageAsync("/");
        var text = PageCheck.TextOf(page);
        Assert.Contains("Tip of the chain 2 ", text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/block/{tip.Hash}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/tx/{payment.Id}\"", page, StringComparison.Ordinal);
        Assert.Contains("Waiting 1 ", text, StringComparison.Ordinal);
        Assert.Contains("Peers 0 0 in, 0 out", text, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<figure>").Length - 1);
        Assert.Contains("data-events=\"block transaction peer\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_WithPayments_HeaderAndTransactions()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 150_000_000, fee: 2_500);
        var block = await node.GrowAsync(payment);
        var page = await node.PageAsync($"/block/{block.Hash}");
        var text = PageCheck.TextOf(page);
        Assert.Contains("Block 2 tip", text, StringComparison.Ordinal);
        Assert.Contains("Fees in it 0.000025 00", text, StringComparison.Ordinal);
        Assert.Contains("2 transactions", text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/block/{first.Hash}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/address/{node.AddressOf(Keys.Alice)}\"", page, StringComparison.Ordinal);
        Assert.Contains($"/tx/{first.Transactions[0].Id}#out0", page, StringComparison.Ordinal);
        var genesis = PageCheck.TextOf(await node.PageAsync($"/block/{node.Params.Genesis.Hash}"));
        Assert.Contains("Genesis block 3 confirmations", genesis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BlockHeight_OfTheChain_LeadsToTheBlock()
    {
        await using var node = await ExplorerNode.StartAsync();
        var block = await node.GrowAsync();
        var shown = await node.GetAsync("/block-height/1");
        Assert.Equal((HttpStatusCode.Redirect, $"/block/{block.Hash}"), (shown.Status, shown.Response.Headers.Location!.ToString()));
    }

    [Theory]
    [InlineData("/block-height/99")]
    [InlineData("/block-height/-1")]
    [InlineData("/block-height/x")]
    [InlineData("/block/00")]
    [InlineData("/block/0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("/tx/zz")]
    [InlineData("/tx/0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("/tx/0000000000000000000000000000000000000000000000000000000000000001?block=0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("/address/nobody")]
    [InlineData("/search?q=nothing")]
    [InlineData("/search?q=99999999")]
    [InlineData("/search")]
    [InlineData("/other")]
    [InlineData("/wallet/")]
    public async Task Page_OfWhatIsNotThere_NotFoundAndSaysSo(string path)
    {
        await using var node = await ExplorerNode.StartAsync();
        var shown = await node.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, shown.Status);
        PageCheck.Whole(shown);
        Assert.Contains("Look for a block by its height", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_HeightHashIdAddress_LeadsThere()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 1_000_000);
        var block = await node.GrowAsync(payment);
        await AssertLeadsAsync("2", $"/block/{block.Hash}");
        await AssertLeadsAsync(" 2 ", $"/block/{block.Hash}");
        await AssertLeadsAsync($"{first.Hash}", $"/block/{first.Hash}");
        await AssertLeadsAsync($"{first.Hash}".ToUpperInvariant(), $"/block/{first.Hash}");
        await AssertLeadsAsync($"{payment.Id}", $"/tx/{payment.Id}");
        await AssertLeadsAsync($"{first.Transactions[0].Id}", $"/tx/{first.Transactions[0].Id}");
        await AssertLeadsAsync(node.AddressOf(Keys.Alice), $"/address/{node.AddressOf(Keys.Alice)}");

        async Task AssertLeadsAsync(string query, string expected)
        {
            var shown = await node.GetAsync($"/search?q={Uri.EscapeDataString(query)}");
            Assert.Equal((HttpStatusCode.Redirect, expected), (shown.Status, shown.Response.Headers.Location?.ToString()));
        }
    }

    [Fact]
    public async Task Transaction_WaitingThenConfirmedThenSpent_States()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 150_000_000, fee: 1_000);
        await node.SendAsync(payment);
        var waiting = PageCheck.TextOf(await node.PageAsync($"/tx/{payment.Id}"));
        Assert.Contains("Transaction unconfirmed", waiting, StringComparison.Ordinal);
        Assert.Contains("Waits in the pool since", waiting, StringComparison.Ordinal);
        Assert.Contains("Fee 0.00001 000", waiting, StringComparison.Ordinal);
        var child = Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 149_999_000));
        await node.SendAsync(child);
        Assert.Contains($"spent by {$"{child.Id}"[..8]}", PageCheck.TextOf(await node.PageAsync($"/tx/{payment.Id}")), StringComparison.Ordinal);
        await node.GrowAsync(payment, child);
        var confirmed = await node.PageAsync($"/tx/{payment.Id}");
        Assert.Contains("1 confirmation", confirmed, StringComparison.Ordinal);
        Assert.Contains($"href=\"/tx/{child.Id}#in0\"", confirmed, StringComparison.Ordinal);
        Assert.Contains("unspent", confirmed, StringComparison.Ordinal);
        Assert.Contains("OP_DUP OP_HASH160", confirmed, StringComparison.Ordinal);
        Assert.Contains("[ALL]", confirmed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_History_SumsAndPages()
    {
        await using var node = await ExplorerNode.StartAsync();
        var blocks = new List<Block>();
        for (var i = 0; i < 31; i++) blocks.Add(await node.GrowAsync());
        var payment = ExplorerNode.Pay(blocks[0], Keys.Alice, 300_000_000);
        await node.GrowAsync(payment);
        await node.SendAsync(Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 100_000_000), Keys.PayTo(Keys.Alice, 199_999_000)));
        var alice = PageCheck.TextOf(await node.PageAsync($"/address/{node.AddressOf(Keys.Alice)}"));
        Assert.Contains("Balance 3 .00000000", alice, StringComparison.Ordinal);
        Assert.Contains("Unconfirmed − 1.00001 000", alice, StringComparison.Ordinal);
        Assert.Contains("being spent", alice, StringComparison.Ordinal);
        Assert.Contains("+ 3 .00000000", alice, StringComparison.Ordinal);
        var ids = new List<string>();
        for (var path = $"/address/{node.AddressOf(Keys.Miner)}"; path is not null;)
        {
            var page = await node.PageAsync(path);
            ids.AddRange(PageCheck.Links(page[..page.IndexOf("Can be spent", StringComparison.Ordinal)]).Where(link => link.StartsWith("/tx/", StringComparison.Ordinal)));
            path = PageCheck.Links(page).FirstOrDefault(link => link.Contains("?after=", StringComparison.Ordinal));
        }

        // Genesis, 32 rewards, and the payment, each once.
        Assert.Equal(34, ids.Count);
        Assert.Equal(34, ids.Distinct().Count());
        Assert.Contains("Nothing has happened here yet", await node.PageAsync($"/address/{node.AddressOf(Keys.Of(99))}"), StringComparison.Ordinal);
    }

    /// <summary>genesis -> a1, and -> b1 -> b2: a1 becomes stale, and so does its payment, which b2 has in another block.</summary>
    [Fact]
    public async Task Block_ThatLeftTheChain_Stale()
    {
        await using var node = await ExplorerNode.StartAsync();
        var payment = ExplorerNode.Pay(node.Params.Genesis, Keys.Alice, 5_000);
        var lost = ExplorerNode.Pay(node.Params.Genesis, Keys.Bob, 6_000);
        var stale = await node.GrowAsync(lost);
        Assert.Contains("1 confirmation", await node.PageAsync($"/tx/{lost.Id}"), StringComparison.Ordinal);
        node.Builder.SetTip("genesis");
        await node.GrowAsync(payment);
        await node.GrowAsync();
        var page = await node.PageAsync($"/block/{stale.Hash}");
        Assert.Contains("<span class=\"badge bad\">stale</span>", page, StringComparison.Ordinal);
        Assert.Contains("Another branch has more work", page, StringComparison.Ordinal);
        Assert.Contains($"/tx/{lost.Id}?block={stale.Hash}", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/block/{stale.Hash}\"", await node.PageAsync("/blocks"), StringComparison.Ordinal);
        Assert.Contains("which is not part of the chain", await node.PageAsync($"/tx/{lost.Id}?block={stale.Hash}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await node.GetAsync($"/tx/{lost.Id}")).Status);
        Assert.Contains("2 confirmations", await node.PageAsync($"/tx/{payment.Id}"), StringComparison.Ordinal);
        Assert.Contains("Balance 0 .00005 000".Replace("0 .", "0.", StringComparison.Ordinal), PageCheck.TextOf(await node.PageAsync($"/address/{node.AddressOf(Keys.Alice)}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_OfManyTransactions_Paged()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var (spent, value) = (new OutPoint(first.Transactions[0].Id, 0), first.Transactions[0].Outputs[0].Value);
        var chained = new List<Transaction>();
        for (var i = 0; i < 60; i++)
        {
            value -= 1_000;
            chained.Add(Keys.Spend(spent, Keys.Miner, Keys.PayTo(Keys.Miner, value)));
            spent = new OutPoint(chained[^1].Id, 0);
        }

        var block = await node.GrowAsync([.. chained]);
        var pages = new List<string>();
        for (var i = 1; i <= 3; i++) pages.Add(await node.PageAsync($"/block/{block.Hash}?page={i}"));
        var shown = pages.SelectMany(page => System.Text.RegularExpressions.Regex.Matches(page, "<article class=\"card tx\" data-key=\"([0-9a-f]{64})\"").Select(match => match.Groups[1].Value)).ToList();
        Assert.Equal(block.Transactions.Select(transaction => transaction.Id.ToString()), shown);
        Assert.Contains("Page 3 of 3", await node.PageAsync($"/block/{block.Hash}?page=1000"), StringComparison.Ordinal);
        Assert.Contains("Page 1 of 3", await node.PageAsync($"/block/{block.Hash}?page=x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_OfManyOutputs_Paged()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = Keys.Spend(new OutPoint(first.Transactions[0].Id, 0), Keys.Miner, [.. Enumerable.Range(0, 120).Select(i => Keys.PayTo(Keys.Alice, 1_000 + i))]);
        await node.GrowAsync(payment);
        var page = await node.PageAsync($"/tx/{payment.Id}");
        Assert.Contains("1 to 50 of 120", page, StringComparison.Ordinal);
        Assert.Contains("101 to 120 of 120", await node.PageAsync($"/tx/{payment.Id}?in=0&out=100"), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"out50\"", page, StringComparison.Ordinal);
        _ = await node.PageAsync($"/tx/{payment.Id}?in=5&out=5000");
    }

    [Fact]
    public async Task Pages_FarBeyondTheEnd_AreThere()
    {
        await using var node = await ExplorerNode.StartAsync();
        var block = await node.GrowAsync();
        foreach (var path in (string[])["/mempool?page=999999999", $"/block/{block.Hash}?page=999999999", $"/tx/{block.Transactions[0].Id}?in=999999999&out=999999999", "/blocks?from=999999999", $"/address/{node.AddressOf(Keys.Alice)}?after=2147483647.2147483647"])
            _ = await node.PageAsync(path);
    }

    [Fact]
    public void Witness_OfAMillionItems_IsCutOff()
    {
        var input = new TxIn(OutPoint.Null, default, witness: [.. Enumerable.Repeat(ReadOnlyMemory<byte>.Empty, 1_000_000)]);
        var text = ScriptView.Unlocking(input, null).Text;
        Assert.Contains("<dt>Witness 99</dt><dd>(empty)</dd><dt>Witness</dt><dd>999,900 more</dd>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Witness 100<", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coinbase_OfAChainWithMaturity_ImmatureForSoManyBlocks()
    {
        await using var node = await ExplorerNode.StartAsync(TestChains.Regtest);
        await node.Node.CallAsync("generatetoaddress", 1, node.AddressOf(Keys.Alice));
        var hash = (await node.TextAsync("/api/blocks/tip/hash"))!;
        var id = await node.TextAsync($"/api/block/{hash}/txid/0");
        Assert.Contains("immature for 99 blocks", await node.PageAsync($"/tx/{id}"), StringComparison.Ordinal);
        Assert.Contains("immature for 99 blocks", await node.PageAsync($"/address/{node.AddressOf(Keys.Alice)}"), StringComparison.Ordinal);
    }

    /// <summary>Everything that strangers can write on a page stays text: outputs, coinbases, user agents, queries, paths.</summary>
    [Fact]
    public async Task Strangers_WhateverTheyWrite_StaysText()
    {
        const string Attack = "<script>alert(\"x\")</script><img src=x onerror='y'>&amp;";
        const string Escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;y&#39;&gt;&amp;amp;";
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var data = new TxOut(0, StandardScripts.DataCarrier(System.Text.Encoding.UTF8.GetBytes(Attack)));
        var payment = Keys.Spend(new OutPoint(first.Transactions[0].Id, 0), Keys.Miner, data, Keys.PayTo(Keys.Alice, 1_000));
        var named = node.Builder.NextBlock(Attack, draft => draft.Transactions.Add(payment)).Block;
        Assert.Null(await node.Node.CallAsync("submitblock", Hex.Of(named.Raw.Span)));
        using var peer = await RawPeer.ConnectAsync(node.Node.Listen.Port, Wire.UInt32(node.Params.Magic));
        await peer.SendAsync("version", Wire.Version(7, 0, userAgent: Attack));
        await peer.SendAsync("verack", []);
        await Eventually.TrueAsync(async () => (await node.PageAsync("/peers")).Contains(Escaped, StringComparison.Ordinal), () => "the peer is shown");
        Assert.Contains(Escaped, await node.PageAsync($"/tx/{payment.Id}"), StringComparison.Ordinal);
        Assert.Contains(Escaped, await node.PageAsync($"/block/{named.Hash}"), StringComparison.Ordinal);
        foreach (var path in (string[])[$"/search?q={Uri.EscapeDataString(Attack)}", $"/{Uri.EscapeDataString(Attack)}", $"/tx/{Uri.EscapeDataString(Attack)}", $"/address/{Uri.EscapeDataString(Attack)}", $"/block-height/{Uri.EscapeDataString(Attack)}"])
        {
            var shown = await node.GetAsync(path);
            PageCheck.Whole(shown);
            Assert.DoesNotContain("<img", shown.Text, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;", shown.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Index_AfterARestart_GoesOn()
    {
        await using var node = await ExplorerNode.StartAsync();
        var first = await node.GrowAsync();
        var payment = ExplorerNode.Pay(first, Keys.Alice, 1_000_000);
        await node.GrowAsync(payment);
        await Eventually.TrueAsync(async () => (await node.Node.CallAsync("getindexinfo"))!["txindex"]!["synced"]!.GetValue<bool>(), () => "the index follows by itself");
        await node.RestartAsync();
        Assert.Equal("""{"txindex":{"synced":true,"best_block_height":2}}""", (await node.Node.CallAsync("getindexinfo"))!.ToJsonString());
    }
}
