using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Kit;

/// <summary>
/// Makes private chains on an easy target, each with a magic of its own, so that a node of one test that finds the port of
/// another's never mixes with it. Genesis pays <see cref="Keys.Miner"/>.
/// </summary>
internal static class FreshChain
{
    /// <summary>Far enough back for thousands of blocks that follow each other by seconds.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(2);

    public static ChainParams Create()
    {
        var easy = Target.FromCompact(TestChains.EasyBits);
        var script = ScriptEditing.Push(Guid.NewGuid().ToByteArray());
        var time = (uint)(DateTimeOffset.UtcNow - Age).ToUnixTimeSeconds();
        for (var nonce = 0u; ; nonce++)
        {
            var genesis = Profiles.GenesisBlock(script, Keys.PayTo(Keys.Miner, 10 * Amount.Coin), time, TestChains.EasyBits, nonce);
            if (easy.IsMetBy(genesis.Hash)) return Profiles.PrivateChain(genesis) with { PowLimit = easy };
        }
    }

    /// <summary>Makes a folder take part in a chain.</summary>
    public static void WriteTo(this ChainParams p, string folder) => File.WriteAllText(Path.Combine(folder, GenesisFile.FileName), GenesisFile.Write(p));

    /// <summary>The address of a key.</summary>
    public static string AddressOf(this ChainParams p, Core.Cryptography.PrivateKey key) => Address.Of(key.PublicKey, p.AddressFormat).ToString();
}
