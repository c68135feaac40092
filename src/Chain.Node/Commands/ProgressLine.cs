using System.Globalization;
using Spectre.Console;

namespace Chain.Node.Commands;

/// <summary>How far long work has come: a bar on a terminal, which only moves until the work tells; elsewhere a line for every tenth of it.</summary>
internal static class ProgressLine
{
    private const int Steps = 10;

    /// <summary>Lines come no quicker than this: what is soon done needs none.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Does work that tells how far it is, from 0 to 1, from any thread. Nothing is shown where nobody wants words, or a program wants JSON.</summary>
    public static async Task<T> ShowAsync<T>(CommandRun run, string what, Func<Action<double>, Task<T>> work)
    {
        if (run.Manners.IsQuiet || run.Manners.IsJson) return await work(_ => { }).ConfigureAwait(false);
        if (!run.Error.IsTerminal)
        {
            var gate = new Lock();
            var (told, last) = (0, run.Clock.GetTimestamp());
            return await work(part =>
            {
                lock (gate)
                {
                    if ((int)(part * Steps) is var tenths && (tenths <= told || tenths >= Steps || run.Clock.GetElapsedTime(last) < Pause)) return;
                    (told, last) = (tenths, run.Clock.GetTimestamp());
                    run.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {tenths * (100 / Steps)} %"));
                }
            }).ConfigureAwait(false);
        }

        T? result = default;
        var terminal = run.Error.Terminal(isLive: true);
        try
        {
            await terminal.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(Markup.Escape(what), maxValue: 1).IsIndeterminate();
                    run.Bar = terminal;
                    result = await work(part =>
                    {
                        bar.IsIndeterminate(false);
                        bar.Value = part;
                    }).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }
        finally
        {
            run.Bar = null;
        }

        return result!;
    }
}
