using System.Security.Cryptography;

namespace Chain.Tests.Wallet;

/// <summary>Gives the listed answers first, each repeated to the length asked for, then numbers from a seed.</summary>
internal sealed class ScriptedRandom(int seed, params byte[] answers) : RandomNumberGenerator
{
    private readonly Random _random = new(seed);
    private readonly Queue<byte> _answers = new(answers);

    public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

    public override void GetBytes(Span<byte> data)
    {
        if (_answers.TryDequeue(out var answer)) data.Fill(answer);
        else _random.NextBytes(data);
    }
}
