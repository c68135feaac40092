using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>Which inputs and outputs of a transaction are shown, and whether their scripts are.</summary>
internal sealed record TransactionExcerpt(int FirstInput, int FirstOutput, int Count, bool WithScripts)
{
    /// <summary>What happened to the outputs that are shown; null where nobody asked.</summary>
    public IReadOnlyList<OutputState>? States { get; init; }

    /// <summary>The page's own address, to which the places of further inputs and outputs are added; null where there is a page of the transaction.</summary>
    public string? Path { get; init; }
}

/// <summary>The inputs and the outputs of a transaction beside each other.</summary>
internal static class TransactionView
{
    /// <summary>A transaction in a list, with its id and its fee above.</summary>
    public static Fragment Card(FoundTransaction found, ChainParams p)
    {
        var transaction = found.Transaction;
        BlockHash? of = found.Block is { IsActive: false } stale ? stale.Node.Hash : null;
        var fee = found.Fee is { } paid && !transaction.IsCoinbase
            ? Fragment.Of($"<span class=\"soft\">Fee {Show.Amount(paid)} · {Show.FeeRate(paid, transaction.VirtualSize)}</span>")
            : transaction.IsCoinbase ? Show.Badge("good", "coinbase") : Fragment.Empty;
        return Fragment.Of($"""
            <article class="card tx" data-key="{transaction.Id.ToString()}"><header>{Show.Transaction(transaction.Id, of)}{fee}</header>
            {Sides(found, p, new TransactionExcerpt(0, 0, 10, WithScripts: false))}</article>
            """);
    }

    /// <summary>Inputs and outputs.</summary>
    public static Fragment Sides(FoundTransaction found, ChainParams p, TransactionExcerpt excerpt)
    {
        var transaction = found.Transaction;
        var inputs = Enumerable.Range(excerpt.FirstInput, Math.Clamp(transaction.Inputs.Length - excerpt.FirstInput, 0, excerpt.Count));
        var outputs = Enumerable.Range(excerpt.FirstOutput, Math.Clamp(transaction.Outputs.Length - excerpt.FirstOutput, 0, excerpt.Count));
        return Fragment.Of($"""
            <div class="sides"><div><h2>{Show.Count(transaction.Inputs.Length, "input", "inputs")}</h2><ol class="puts">{Fragment.Join(inputs.Select(i => Input(found, i, p, excerpt)))}</ol>{More(transaction, excerpt, isInput: true)}</div>
            <div class="arrow" aria-hidden="true">→</div>
            <div><h2>{Show.Count(transaction.Outputs.Length, "output", "outputs")}</h2><ol class="puts">{Fragment.Join(outputs.Select(i => Output(found, i, p, excerpt)))}</ol>{More(transaction, excerpt, isInput: false)}</div></div>
            """);
    }

    private static Fragment Input(FoundTransaction found, int index, ChainParams p, TransactionExcerpt excerpt)
    {
        var input = found.Transaction.Inputs[index];
        var scripts = excerpt.WithScripts ? Details($"in{index}", "Scripts", ScriptView.Unlocking(input, found.Spent?[index]?.Output)) : Fragment.Empty;
        if (found.Transaction.IsCoinbase)
        {
            return Fragment.Of($"""
                <li{Anchor(excerpt, "in", index)}><div class="put"><span class="who">New coins{(excerpt.WithScripts ? " (coinbase)" : "")}</span></div>{ScriptView.CoinbaseText(input.ScriptSig)}{scripts}</li>
                """);
        }

        var spent = found.Spent?[index];
        var outPoint = input.PreviousOutput;
        var from = Fragment.Of($"<a class=\"hash\" href=\"/tx/{outPoint.TxId.ToString()}#out{outPoint.Index}\" title=\"{outPoint.ToString()}\">{Show.Short(outPoint.TxId.ToString())}:{outPoint.Index}</a>");
        return spent is null
            ? Fragment.Of($"<li{Anchor(excerpt, "in", index)}><div class=\"put\"><span class=\"who\">{from}</span></div>{scripts}</li>")
            : Fragment.Of($"""
                <li{Anchor(excerpt, "in", index)}><div class="put"><span class="who">{ScriptView.Owner(spent.Output, p)}</span>{Show.Amount(spent.Output.Value)}</div>
                <div class="note">{from}{(spent.IsCoinbase ? Show.Badge("", "coinbase") : Fragment.Empty)}</div>{scripts}</li>
                """);
    }

    private static Fragment Output(FoundTransaction found, int index, ChainParams p, TransactionExcerpt excerpt)
    {
        var output = found.Transaction.Outputs[index];
        var scripts = excerpt.WithScripts ? Details($"out{index}", "Script", ScriptView.Locking(output.ScriptPubKey)) : Fragment.Empty;
        var state = excerpt.States is { } states && index - excerpt.FirstOutput < states.Count ? Note(found, output, states[index - excerpt.FirstOutput]) : Fragment.Empty;
        return Fragment.Of($"""
            <li{Anchor(excerpt, "out", index)}><div class="put"><span class="who">{ScriptView.Owner(output, p)}</span>{Show.Amount(output.Value)}</div>{ScriptView.Said(output.ScriptPubKey)}{state}{scripts}</li>
            """);
    }

    private static Fragment Note(FoundTransaction found, TxOut output, OutputState state) => state switch
    {
        { Spender: { } spender } => Fragment.Of($"<div class=\"note\">spent by <a class=\"hash\" href=\"/tx/{spender.Id.ToString()}#in{spender.Input}\">{Show.Short(spender.Id.ToString())}:{spender.Input}</a>{(spender.Block is null ? Show.Badge("warn", "unconfirmed") : Fragment.Empty)}</div>"),
        _ when found.Block is { IsActive: false } => Fragment.Empty,
        _ when Core.Scripts.StandardScripts.IsUnspendable(output.ScriptPubKey.Span) => Fragment.Of($"<div class=\"note\">nobody can spend it</div>"),
        { IsUnspent: true } => Fragment.Of($"<div class=\"note\">{Show.Badge("good", "unspent")}</div>"),
        _ => Fragment.Of($"<div class=\"note\">spent</div>"),
    };

    /// <summary>A place that links lead to; only on the page of the transaction, since on others there are several.</summary>
    private static Fragment Anchor(TransactionExcerpt excerpt, string kind, int index) => excerpt.WithScripts ? Fragment.Of($" id=\"{kind}{index}\"") : Fragment.Empty;

    private static Fragment Details(string key, string summary, Fragment list) => Fragment.Of($"<details data-key=\"d-{key}\"><summary>{summary}</summary><dl>{list}</dl></details>");

    /// <summary>Says how many there are besides, and leads to them.</summary>
    private static Fragment More(Transaction transaction, TransactionExcerpt excerpt, bool isInput)
    {
        var (all, first) = isInput ? (transaction.Inputs.Length, excerpt.FirstInput) : (transaction.Outputs.Length, excerpt.FirstOutput);
        if (all <= excerpt.Count && first == 0) return Fragment.Empty;
        if (excerpt.Path is null) return Fragment.Of($"<p class=\"puts\"><a href=\"/tx/{transaction.Id.ToString()}\">{Show.Count(all - excerpt.Count)} more</a></p>");
        var before = Math.Max(0, first - excerpt.Count);
        var back = first > 0 ? Link(before, "← Before") : Fragment.Empty;
        var on = first + excerpt.Count < all ? Link(first + excerpt.Count, "More →") : Fragment.Empty;
        return Fragment.Of($"<div class=\"puts\"><p class=\"pages\">{back}<span>{Show.Count(first + 1)} to {Show.Count(Math.Min(all, first + excerpt.Count))} of {Show.Count(all)}</span>{on}</p></div>");

        Fragment Link(int to, string text)
        {
            var (input, output) = isInput ? (to, excerpt.FirstOutput) : (excerpt.FirstInput, to);
            return Fragment.Of($"<a class=\"button\" href=\"{excerpt.Path}in={input}&amp;out={output}\">{text}</a>");
        }
    }
}
