using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>Draws the chain with the branches that were left (<c>printchain --tree</c>), newest first, one line a block.</summary>
internal static class ChainTree
{
    /// <summary>Shows so many heights, from one downwards.</summary>
    public static async Task ShowAsync(CommandRun run, INodeClient client, int start, int count, CancellationToken cancellationToken)
    {
        var last = start - count + 1;
        var blocks = new Dictionary<string, TreeBlock>();
        var tips = (await client.GetAsync("getchaintips", cancellationToken).ConfigureAwait(false)).AsArray();
        foreach (var tip in tips.OrderBy(tip => tip!["status"]!.GetValue<string>() == "active" ? 0 : 1)) await WalkAsync(client, tip!, start, last, blocks, cancellationToken).ConfigureAwait(false);
        var rows = blocks.Values.Where(block => block.Height <= start).OrderByDescending(block => block.Height).ThenBy(block => block.Column).ToList();
        var json = new JsonArray([.. rows.Select(row => (JsonNode)row.Json())]);
        await run.DataAsync(json, screen =>
        {
            var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Column) + 1;
            foreach (var row in rows) screen.Line(Line(row, rows, columns));
        }).ConfigureAwait(false);
        if (rows.All(row => row.IsActive)) run.Say("No branch was left: every block is part of the chain.");
    }

    /// <summary>Follows a branch down to where the drawing knows it, or ends.</summary>
    private static async Task WalkAsync(INodeClient client, JsonNode tip, int start, int last, Dictionary<string, TreeBlock> blocks, CancellationToken cancellationToken)
    {
        var status = tip["status"]!.GetValue<string>();
        if (status == "headers-only") return;
        var column = blocks.Count == 0 ? 0 : blocks.Values.Max(block => block.Column) + 1;
        var hash = tip["hash"]!.GetValue<string>();
        while (!blocks.ContainsKey(hash))
        {
            var header = await client.GetAsync("getblockheader", cancellationToken, hash).ConfigureAwait(false);
            var height = header["height"]!.GetValue<int>();
            if (height < last) return;
            if (height <= start)
                blocks[hash] = new TreeBlock(height, hash, column, status, header["nTx"]!.GetValue<int>(), header["time"]!.GetValue<long>(), header["previousblockhash"]?.GetValue<string>());
            if (header["previousblockhash"] is not { } previous) return;
            hash = previous.GetValue<string>();
        }
    }

    private static string Line(TreeBlock row, List<TreeBlock> rows, int columns)
    {
        var marks = new char[columns * 2];
        Array.Fill(marks, ' ');
        for (var column = 0; column < columns; column++)
        {
            // A branch is drawn from its tip to above the block that it left the chain at.
            var branch = rows.FindAll(block => block.Column == column);
            if (branch.Count > 0 && row.Height < branch[0].Height && row.Height >= branch[^1].Height) marks[column * 2] = '|';
        }

        marks[row.Column * 2] = row.IsActive ? '*' : row.IsInvalid ? 'x' : 'o';
        var time = DateTimeOffset.FromUnixTimeSeconds(row.Time).ToString("u", CultureInfo.InvariantCulture);
        var what = row.IsActive ? "" : row.IsInvalid ? "  invalid" : "  stale";
        return $"{new string(marks)} {row.Height,6}  {row.Hash}  {time}  {row.Transactions} tx{what}";
    }

    private sealed record TreeBlock(int Height, string Hash, int Column, string Status, int Transactions, long Time, string? Parent)
    {
        public bool IsActive => Status == "active";

        public bool IsInvalid => Status == "invalid";

        public JsonObject Json() => new()
        {
            ["height"] = Height,
            ["hash"] = Hash,
            ["parent"] = Parent,
            ["status"] = IsActive ? "active" : IsInvalid ? "invalid" : "stale",
            ["time"] = Time,
            ["transactions"] = Transactions,
        };
    }
}
