using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>Parameters of chains whose blocks cost next to nothing to make.</summary>
public static class TestChains
{
    /// <summary>Half of all hashes meet it.</summary>
    public const uint EasyBits = 0x207fffff;

    /// <summary>When the first block of <see cref="Private"/> was made.</summary>
    public const uint GenesisTime = 1_700_000_000;

    /// <summary>Bitcoin's regtest, as it ships.</summary>
    public static ChainParams Regtest => Profiles.Regtest;

    /// <summary>The private profile on an easy target, with a genesis block that pays <see cref="Keys.Miner"/>.</summary>
    public static ChainParams Private { get; } = MakePrivate();

    private static ChainParams MakePrivate()
    {
        var easy = Target.FromCompact(EasyBits);
        for (var nonce = 0u; ; nonce++)
        {
            var reward = Keys.PayTo(Keys.Miner, 10 * Amount.Coin);
            var genesis = Profiles.GenesisBlock(BlockRules.CoinbaseHeightPrefix(1000), reward, GenesisTime, EasyBits, nonce);
            if (easy.IsMetBy(genesis.Hash)) return Profiles.PrivateChain(genesis) with { PowLimit = easy };
        }
    }
}
