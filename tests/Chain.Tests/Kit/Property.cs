using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Chain.Tests.Kit;

/// <summary>
/// Runs a property on many random cases. Every run begins from another seed; a case that fails names its own, and
/// <c>CHAIN_TEST_SEED</c> set to that number makes it the first case of the next run.
/// </summary>
public static class Property
{
    private const string Variable = "CHAIN_TEST_SEED";

    /// <summary>FsCheck's second seed, which must be odd: the usual one of its generator.</summary>
    private const ulong OddStep = 0x9e3779b97f4a7c15;

    /// <summary>Runs <paramref name="property"/> on <paramref name="cases"/> generators, each with a seed of its own.</summary>
    public static void Check(ITestOutputHelper output, int cases, Action<Generate> property)
    {
        var first = FirstSeed(output);
        for (var i = 0; i < cases; i++)
        {
            var seed = unchecked(first + i);
            try
            {
                property(new Generate(seed));
            }
            catch (Exception e)
            {
                throw new XunitException($"case {i} fails; {Variable}={seed} replays it\n{e.Message}", e);
            }
        }
    }

    /// <summary>
    /// Runs a property of one number over its whole range through FsCheck, which shrinks what fails to the least such number.
    /// </summary>
    public static void ForAll<T>(ITestOutputHelper output, int cases, Func<T, bool> property) where T : struct
    {
        var seed = FirstSeed(output);
        var replay = new Replay(new Rnd(unchecked((ulong)seed), OddStep), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(cases).WithReplay(replay);
        try
        {
            Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<T>>(), value => property(value.Item)).Check(config);
        }
        catch (Exception e)
        {
            throw new XunitException($"{Variable}={seed} replays it\n{e.Message}", e);
        }
    }

    /// <summary>The seed from the environment, or a new one; printed either way.</summary>
    public static int FirstSeed(ITestOutputHelper output)
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        var seed = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{Variable}={seed}");
        return seed;
    }
}
