"""The text of `config.py` around a run's constants.

The form is that of big_vision's forkme.py, which it asks to be copied and changed: `get_config` with arguments that can
be given behind the file's name, the data, the evaluators, the schedule by patterns of parameter names, the model.
"""

HEAD = '''"""Fine-tune PaliGemma with big_vision's own trainer on the rows beside this file. To be copied and changed.

    python -m synthink.train.official.child --config config.py --workdir workdir
    python -m synthink.train.official.child --config config.py:steps=2000,lr=3e-6 --workdir another

with a checkout of big_vision on PYTHONPATH. `python -m big_vision.trainers.proj.paligemma.train` takes it as well, but
for GEMMA_MEASURES, and where its jax is of a release that still has what it calls.
"""

import os

import big_vision.configs.common as bvcc
from big_vision.configs.proj.paligemma.transfers import common

HERE = os.path.dirname(os.path.abspath(__file__))

'''

BODY = '''
# Location tokens are pieces of the file; read by the functions of `common` below.
common.TOKENIZER = f'gemma(tokensets=("loc", "seg"), model={os.path.join(HERE, "tokenizer.model")!r})'


def rows(split, **more):
    """A split: lines with id, image, prefix and suffix; the images' paths start here."""
    fname = os.path.join(HERE, f'{split}.jsonl')
    return dict(name='bv:jsonl', fname=fname, fopen_keys={'image': HERE}, **more)


def picture(res):
    """Three channels whatever the file has; pixels from -1 to 1."""
    return f'decode(channels=3)|resize({res}, antialias=True)|value_range(-1, 1)'


def training_data(c):
    """Question and answer; the answer alone has a loss."""
    data = bvcc.parse_arg('')
    data.data = rows('train')
    data.pp = f'{picture(c.res)}|{common.combine_and_keep_train(c.text_len)}'
    data.batch_size = c.batch_size
    data.shuffle_buffer_size = SHUFFLED_ROWS
    data.cache_raw = KEPT_IN_MEMORY
    data.num_parallel_calls = READING_THREADS
    return data


def add_loss(c):
    """The training loss on rows that are not trained on: texts are laid out as for training, masks included."""
    c.evals['validation'] = dict(
        type='proj.paligemma.perplexity', pred='logits', key='text', shift_labels=True,
        data=rows('validation'), pp_fn=f'{picture(c.res)}|{common.combine_and_keep_train(c.text_len)}',
        log_percent=1 / max(1, CURVE_POINTS), skip_first=True)


def add_answers(c, name, file, log_percent, **part):
    """What the model answers, written to a file of its own: evaluators share the file unless they are told.

    The suffix is dropped before the text is made. One that stays is put behind the question for the model to go on
    from: it would be handed the answer.
    """
    keep = common.combine_and_keep_eval(c.text_len, keep=('id',))
    c.evals[name] = dict(
        type='proj.paligemma.transfers.storepreds', pred='decode', pred_kw={'max_decode_len': ANSWER_TOKENS},
        tokenizer=common.TOKENIZER, preds_outfile='{workdir}/' + file,
        data=rows('validation', **part), pp_fn=f'{picture(c.res)}|drop("suffix")|{keep}',
        log_percent=log_percent, skip_first=True)


def get_config(arg=None):
    """Arguments are given behind the file's name: config.py:steps=2000,lr=3e-6"""
    c = bvcc.parse_arg(
        arg, steps=STEPS, batch_size=BATCH_SIZE, lr=LEARNING_RATE, wd=WEIGHT_DECAY, warmup=WARMUP,
        res=IMAGE_PX, text_len=TEXT_TOKENS, seed=SEED, learns=LEARNS)

    c.input = training_data(c)
    c.total_steps = c.steps
    c.log_training_steps = LOG_EVERY
    c.ckpt_steps = SAVE_EVERY
    c.pp_modules = ['ops_general', 'ops_image', 'ops_text', 'proj.paligemma.ops']

    c.optax_name, c.optax = OPTIMISER
    c.grad_clip_norm = CLIP_NORM
    # big_vision takes wd as it is, whatever the rate; here it is a share of the rate. Matrices alone decay.
    c.wd = c.wd * c.lr
    c.wd_mults = [('.*/(kernel|w|linear|gating_einsum)', 1.0)]
    # The first pattern that meets a parameter counts; None freezes.
    c.schedule = [
        (c.learns, dict(decay_type='cosine', warmup_percent=c.warmup)),
        ('.*', None),
    ]
    c.label_smoothing = 0.0

    c.evals = {}
    add_loss(c)
    if CURVE_POINTS:  # a file each time: the step is filled in when it is written
        add_answers(c, 'curve', 'curve-{{step}}.json', 1 / CURVE_POINTS, stop=CURVE_ROWS)
    add_answers(c, 'answers', 'answers.json', 1.0)

    c.model_name = 'proj.paligemma.paligemma'
    c.model = {}
    c.model.img = dict(pool_type='none', scan=True, **VISION)
    # The cap is left out when fine-tuning, and then it has no place in decoding.
    c.model.llm = dict(variant=GEMMA, vocab_size=VOCABULARY, dropout=0.0, final_logits_softcap=0.0, remat_policy=REMAT)
    if GEMMA_MEASURES:  # a size that big_vision has no name for; `synthink.train.official.child` makes it known
        c.gemma = dict(like=GEMMA, measures=GEMMA_MEASURES)
        c.model.llm.variant = 'gemma_of_these_measures'
    if WEIGHTS:
        c.model_init = WEIGHTS

    # All devices take part of each batch and of each large parameter.
    c.mesh = [('data', -1)]
    c.sharding_strategy = [('.*', 'fsdp(axis="data")')]
    c.sharding_rules = [('act_batch', ('data',))]
    return c
'''
